import {
  bearerOf,
  isOwnSite,
  jsonBody,
  requireFreshRevocations,
  requireUser,
  ServiceError,
  signUserToken,
  userOf,
  validate,
  type Revocations,
  type Scope,
  type TokenParties,
  type User,
  type VerifyUserToken,
} from '@badger-store/service-kit';
import { credentials, guestOptions, newCredentials, passwordChange, refreshRequest } from '@badger-store/store-api';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import { newGuestId, type Account, type Accounts } from '../domain/account';
import type { ApiKeys } from '../domain/api-key';
import type { LeavingGuest, OpenSession, SessionKeeper } from '../domain/session-keeper';
import { InvalidRefreshTokenError } from '../domain/identity-errors';
import type { SignIn } from '../domain/sign-in';
import type { SigningKey } from '../domain/signing-key';
import { readApiKey, type ApiKeyRequest } from './read-api-key';
import { createRefreshCookie } from './refresh-cookie';

export interface AuthParts {
  readonly signIn: SignIn;
  readonly sessionKeeper: SessionKeeper;
  readonly accounts: Pick<Accounts, 'find'>;
  readonly apiKeys: Pick<ApiKeys, 'find'>;
  readonly signingKey: () => SigningKey;
  readonly parties: TokenParties;
  readonly firstPartyOrigins: readonly string[];
  readonly verifyUserToken: VerifyUserToken;
  /** Without a look at revocations: for the guest whose session ended by the sign-in that is tried again. */
  readonly verifyGuestToken: VerifyUserToken;
  readonly revocations: Revocations;
  readonly limits: { readonly auth: RequestHandler; readonly login: RequestHandler };
  readonly ttlMs: { readonly guest: number; readonly user: number };
}

const userTokenSeconds = 600;

export function authRoutes(parts: AuthParts): Router {
  const { signIn, sessionKeeper, accounts, firstPartyOrigins, limits, ttlMs } = parts;
  const router = Router({ caseSensitive: true });
  const cookie = createRefreshCookie(firstPartyOrigins);
  const apiKey = readApiKey(parts.apiKeys);
  const bearer = requireUser(parts.verifyUserToken);

  router.use('/auth', (_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });

  router.post('/auth/guest', limits.auth, jsonBody, apiKey, async (req: Request & ApiKeyRequest, res) => {
    const { refreshIn } = validate(guestOptions, req.body === undefined ? {} : req.body);
    if (refreshIn === 'cookie') cookie.assertAllowed(req);
    const open = await sessionKeeper.begin({
      ...rightsOf(req),
      userId: newGuestId(),
      kind: 'guest',
      ttlMs: ttlMs.guest,
    });
    answer(res.status(201), open, refreshIn);
  });

  router.post('/auth/register', limits.login, jsonBody, apiKey, async (req: Request, res) => {
    const { refreshIn, ...wanted } = validate(newCredentials, req.body);
    await begin(req, res.status(201), refreshIn, () => signIn.register(wanted, addressOf(req)));
  });

  router.post('/auth/login', limits.login, jsonBody, apiKey, async (req: Request, res) => {
    const { refreshIn, ...given } = validate(credentials, req.body);
    await begin(req, res, refreshIn, () => signIn.login(given, addressOf(req)));
  });

  router.post('/auth/refresh', limits.auth, jsonBody, async (req: Request, res) => {
    const { refreshToken } = validate(refreshRequest, req.body === undefined ? {} : req.body);
    if (refreshToken === undefined) cookie.assertAllowed(req);
    const token = refreshToken ?? cookie.read(req);
    if (token === undefined) throw new InvalidRefreshTokenError();
    answer(res, await sessionKeeper.refresh(token), refreshToken === undefined ? 'cookie' : 'body');
  });

  router.post('/auth/logout', bearer, async (req: Request, res) => {
    await sessionKeeper.end(userOf(req).sessionId);
    cookie.clear(res).status(204).end();
  });

  router.post('/auth/logout-all', bearer, async (req: Request, res) => {
    const { kind, id, sessionId } = userOf(req);
    await (kind === 'user' ? sessionKeeper.endAll(id) : sessionKeeper.end(sessionId));
    cookie.clear(res).status(204).end();
  });

  router.post(
    '/auth/password',
    limits.login,
    bearer,
    requireFreshRevocations(parts.revocations),
    jsonBody,
    async (req: Request, res) => {
      const { currentPassword, newPassword } = validate(passwordChange, req.body);
      const { id, kind, sessionId } = userOf(req);
      if (kind === 'guest') throw new ServiceError('forbidden', 'USERS_ONLY', 'A guest has no password.');
      const account = await existing(id);
      const hash = await signIn.newPasswordHash(account, currentPassword, newPassword, addressOf(req));
      await sessionKeeper.changePassword(account, hash, sessionId);
      res.status(204).end();
    },
  );

  router.get('/auth/me', bearer, async (req: Request, res) => {
    const { id, kind } = userOf(req);
    res.json({ id, kind, ...(kind === 'user' ? { email: (await existing(id)).email } : {}) });
  });

  return router;

  async function begin(req: Request, res: Response, refreshIn: RefreshIn, identify: () => Promise<Account>) {
    if (refreshIn === 'cookie') cookie.assertAllowed(req);
    const guest = await leavingGuest(req);
    const { id, email } = await identify();
    const wanted = { ...rightsOf(req), userId: id, kind: 'user' as const, email, ttlMs: ttlMs.user };
    answer(res, await sessionKeeper.signIn(wanted, guest), refreshIn);
  }

  /** Fixed when a session begins. An API key says what its sessions may do; only the store's own site gives the right to check out. */
  function rightsOf(req: Request & ApiKeyRequest) {
    if (req.apiKey) return { scopes: req.apiKey.scopes, apiKeyId: req.apiKey.id };
    const scopes: Scope[] = ['cart', 'orders:read'];
    return { scopes: isOwnSite(req, firstPartyOrigins) ? [...scopes, 'checkout'] : scopes };
  }

  async function leavingGuest(req: Request): Promise<LeavingGuest | undefined> {
    if (req.headers.authorization === undefined) return undefined;
    const user = await parts.verifyGuestToken(bearerOf(req));
    return user.kind === 'guest' ? user : undefined;
  }

  async function existing(userId: string): Promise<Account> {
    const account = await accounts.find(userId);
    if (!account) throw new InvalidRefreshTokenError();
    return account;
  }

  function answer(res: Response, { session, refreshToken }: OpenSession, refreshIn: RefreshIn): void {
    const { id, userId, kind, email, scopes, startedAt, apiKeyId } = session;
    const user: User = {
      ...{ id: userId, kind, sessionId: id, scopes: new Set(scopes), sessionStartedAt: startedAt },
      ...(apiKeyId === undefined ? {} : { apiKeyId }),
    };
    if (refreshIn === 'cookie') cookie.set(res, refreshToken, session.ttlMs);
    res.json({
      userToken: signUserToken(user, parts.signingKey(), parts.parties, userTokenSeconds),
      tokenType: 'Bearer',
      expiresIn: userTokenSeconds,
      ...(refreshIn === 'body' ? { refreshToken } : {}),
      refreshExpiresIn: Math.floor(session.ttlMs / 1000),
      user: { id: userId, kind, ...(email === undefined ? {} : { email }) },
    });
  }
}

type RefreshIn = 'body' | 'cookie';

const addressOf = (req: Request): string => req.ip ?? '';
