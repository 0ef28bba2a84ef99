import { z } from 'zod';
import manifest from '../../../../services.json';
import { setting } from '../settings/kinds';
import { createJwksClient } from './jwks-client';
import type { Revocations } from './revocations';
import { createUserTokenVerifier, type VerifyUserToken } from './user-token';

/** Who issues userTokens, and for whom. */
export const userTokenSettings = {
  USER_TOKEN_ISSUER: z.string().min(1).default('badger-store').meta({ description: 'The issuer of userTokens.' }),
  USER_TOKEN_AUDIENCE: z.string().min(1).default('badger-store').meta({ description: 'The audience of userTokens.' }),
};

/** What a service besides needs to check userTokens itself. */
export const jwksSetting = setting.httpUrl.meta({
  description: "The gateway's public keys, with which userTokens are checked.",
  development: `http://127.0.0.1:${manifest.gateway.port}/.well-known/jwks.json`,
});

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
