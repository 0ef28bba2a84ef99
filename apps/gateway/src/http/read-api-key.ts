import { ServiceError } from '@badger-store/service-kit';
import type { NextFunction, Request, Response } from 'express';
import { findApiKey, type ApiKey, type ApiKeys } from '../domain/api-key';

export interface ApiKeyRequest {
  apiKey?: ApiKey;
}

/** Puts the API key on a request that carries one; refuses one that is not valid, and lets requests without any pass. */
export function readApiKey(keys: Pick<ApiKeys, 'find'>) {
  return async (req: Request & ApiKeyRequest, _res: Response, next: NextFunction): Promise<void> => {
    const text = req.get('x-api-key');
    if (text !== undefined) {
      req.apiKey = await findApiKey(keys, text);
      if (!req.apiKey) throw new ServiceError('unauthenticated', 'INVALID_API_KEY', 'The API key is not valid.');
    }
    next();
  };
}
