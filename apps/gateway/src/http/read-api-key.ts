import { ServiceError } from '@badger-store/service-kit';
import type { NextFunction, Request, Response } from 'express';
import { findApiKey, type ApiKey, type ApiKeys } from '../domain/api-key';

export interface ApiKeyRequest {
  apiKey?: ApiKey;
}

/** Sets `req.apiKey` if the request has an API key; rejects an invalid one. */
export function readApiKey(keys: Pick<ApiKeys, 'find'>) {
  return async (req: Request & ApiKeyRequest, _res: Response, next: NextFunction): Promise<void> => {
    const text = req.get('x-api-key');
    if (text !== undefined) {
      req.apiKey = await findApiKey(keys, text);
      if (!req.apiKey)
        throw new ServiceError('unauthenticated', 'INVALID_API_KEY', 'The API key is invalid or revoked.');
    }
    next();
  };
}
