import { z } from 'zod';
import { setting } from '../config';
import { createJwksClient } from './jwks-client';
import type { Revocations } from './revocations';
import { createUserTokenVerifier, type VerifyUserToken } from './user-token';

/** Who issues userTokens, and for whom. */
export const userTokenSettings = {
  USER_TOKEN_ISSUER: z.string().min(1).default('badger-store'),
  USER_TOKEN_AUDIENCE: z.string().min(1).default('badger-store'),
};

/** What a service needs to check userTokens by itself. */
export const verifierSettings = { ...userTokenSettings, JWKS_URL: setting.httpUrl };

interface VerifierConfig {
  readonly USER_TOKEN_ISSUER: string;
  readonly USER_TOKEN_AUDIENCE: string;
  readonly JWKS_URL: string;
}

/** Checks userTokens against the keys that the gateway publishes, and refuses those whose session was revoked. */
export const createRemoteVerifier = (
  config: VerifierConfig,
  revocations: Pick<Revocations, 'isRevoked'>,
): VerifyUserToken =>
  createUserTokenVerifier(
    createJwksClient({ url: config.JWKS_URL }),
    { issuer: config.USER_TOKEN_ISSUER, audience: config.USER_TOKEN_AUDIENCE },
    { revocations },
  );
