import {
  isFirstPartyOrigin,
  jsonBody,
  requireFreshRevocations,
  requireUser,
  ServiceError,
  getUser,
  validate,
  type Revocations,
  type Scope,
  type User,
  type VerifyAccessToken,
} from '@badger-store/service-kit';
import {
  accountDeletion,
  credentials,
  guestOptions,
  newCredentials,
  passwordChange,
  refreshRequest,
} from '@badger-store/store-api';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import type { Account, Accounts } from '../domain/account';
import type { ApiKeys } from '../domain/api-key';
import type { DeviceTokens } from '../domain/device-token';
import type { Identity, OpenSession, Rights } from '../domain/identity';
import { InvalidRefreshTokenError } from '../domain/identity-errors';
import type { RefreshTokens } from '../domain/refresh-token';
import type { Session } from '../domain/session';
import type { SignIn, SignInClient } from '../domain/sign-in';
import { createDeviceCookie, createRefreshCookie } from './cookies';
import { createGuestReader, toSession } from './guest-proof';
import { readApiKey, type ApiKeyRequest } from './read-api-key';

export interface AuthParts {
  readonly signIn: SignIn;
  readonly identity: Identity;
  readonly refreshTokens: Pick<RefreshTokens, 'parse'>;
  readonly accounts: Pick<Accounts, 'find'>;
  readonly apiKeys: Pick<ApiKeys, 'find'>;
  readonly signAccessToken: (user: User, lifetimeSeconds: number) => string;
  readonly firstPartyOrigins: readonly string[];
  readonly verifyAccessToken: VerifyAccessToken;
  /** Accepts revoked tokens: a repeated sign-in comes from a guest whose session the first one ended. */
  readonly verifyGuestToken: VerifyAccessToken;
  readonly revocations: Revocations;
  readonly deviceTokens: DeviceTokens;
  readonly limits: { readonly auth: RequestHandler };
  readonly newGuests: { readonly admitGuest: RequestHandler };
  /** How long a guest's session lives without a refresh. */
  readonly guestTtlMs: number;
}

const accessTokenSeconds = 600;

type RefreshIn = 'body' | 'cookie';

const optionalGuestOptions = guestOptions.prefault({});
const optionalRefreshRequest = refreshRequest.prefault({});

export function authRoutes(parts: AuthParts): Router {
  const { signIn, identity, accounts, firstPartyOrigins, limits, guestTtlMs } = parts;
  const router = Router({ caseSensitive: true });
  const refreshCookie = createRefreshCookie(firstPartyOrigins);
  const deviceCookie = createDeviceCookie(parts.deviceTokens);
  const readGuest = createGuestReader({ ...parts, refreshCookie });
  const apiKey = readApiKey(parts.apiKeys);
  const bearer = requireUser(parts.verifyAccessToken);

  router.use('/auth', (_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });

  router.post(
    '/auth/guest',
    limits.auth,
    parts.newGuests.admitGuest,
    jsonBody,
    apiKey,
    (req: Request & ApiKeyRequest, res) => {
      const receivedAt = Date.now();
      const { refreshIn } = validate(optionalGuestOptions, req.body);
      if (refreshIn === 'cookie') refreshCookie.assertAllowed(req);
      respond(res.status(201), identity.beginGuest(toRights(req)), refreshIn, receivedAt);
    },
  );

  router.post('/auth/register', limits.auth, jsonBody, apiKey, async (req: Request, res) => {
    const { refreshIn, guestRefreshToken, ...wanted } = validate(newCredentials, req.body);
    await beginUser(req, res.status(201), { refreshIn, guestRefreshToken }, (client) =>
      signIn.register(wanted, client),
    );
  });

  router.post('/auth/login', limits.auth, jsonBody, apiKey, async (req: Request, res) => {
    const { refreshIn, guestRefreshToken, ...given } = validate(credentials, req.body);
    await beginUser(req, res, { refreshIn, guestRefreshToken }, (client) => signIn.login(given, client));
  });

  router.post('/auth/refresh', limits.auth, jsonBody, async (req: Request, res) => {
    const receivedAt = Date.now();
    const { refreshToken } = validate(optionalRefreshRequest, req.body);
    if (refreshToken === undefined) refreshCookie.assertAllowed(req);
    const token = refreshToken ?? refreshCookie.read(req);
    if (token === undefined) throw new InvalidRefreshTokenError();
    respond(res, await identity.refresh(token), refreshToken === undefined ? 'cookie' : 'body', receivedAt);
  });

  const clearRefreshCookie: RequestHandler = (_req, res, next) => {
    refreshCookie.clear(res);
    next();
  };
  router.post('/auth/logout', clearRefreshCookie, jsonBody, async (req: Request, res) => {
    const { refreshToken } = validate(optionalRefreshRequest, req.body);
    const proofs: (Session | string)[] = [refreshToken, refreshCookie.read(req)].filter((token) => token !== undefined);
    try {
      await bearer(req, res, () => undefined);
      proofs.push(toSession(getUser(req), guestTtlMs));
    } catch (error) {
      if (proofs.length === 0) throw error;
    }
    const ended = await Promise.all(proofs.map((proof) => identity.end(proof)));
    if (!ended.includes(true)) throw new InvalidRefreshTokenError();
    res.status(204).end();
  });

  router.post('/auth/logout-all', bearer, async (req: Request, res) => {
    const user = getUser(req);
    refreshCookie.clear(res);
    await (user.kind === 'user' ? identity.endAll(user.id) : identity.end(toSession(user, guestTtlMs)));
    res.status(204).end();
  });

  const fresh = requireFreshRevocations(parts.revocations);
  router.post('/auth/password', limits.auth, bearer, fresh, jsonBody, async (req: Request, res) => {
    const { currentPassword, newPassword } = validate(passwordChange, req.body);
    const { id, kind, sessionId } = getUser(req);
    if (kind === 'guest') throw new ServiceError('forbidden', 'USERS_ONLY', 'A guest has no password. Register first.');
    const account = await findAccount(id);
    const hash = await signIn.hashNewPassword(account, currentPassword, newPassword, sessionId);
    await identity.changePassword(account, hash, sessionId);
    res.status(204).end();
  });

  router.get('/auth/me', bearer, async (req: Request, res) => {
    const { id, kind } = getUser(req);
    const email = kind === 'user' ? (await findAccount(id)).email : undefined;
    res.json({ id, kind, email });
  });

  router.delete('/auth/me', limits.auth, bearer, fresh, jsonBody, async (req: Request, res) => {
    const { password } = validate(accountDeletion, req.body);
    const { id, kind, sessionId } = getUser(req);
    if (kind === 'guest') throw new ServiceError('forbidden', 'USERS_ONLY', 'A guest has no account to delete.');
    const account = await findAccount(id);
    await signIn.verifyPassword(account, password, sessionId);
    await identity.deleteAccount(account, sessionId);
    refreshCookie.clear(res);
    if (deviceCookie.read(req)?.accountId === id) deviceCookie.clear(res);
    res.status(204).end();
  });

  return router;

  async function beginUser(
    req: Request,
    res: Response,
    { refreshIn, guestRefreshToken }: { readonly refreshIn: RefreshIn; readonly guestRefreshToken?: string },
    verify: (client: SignInClient) => Promise<Account>,
  ) {
    const receivedAt = Date.now();
    if (refreshIn === 'cookie') refreshCookie.assertAllowed(req);
    const guest = await readGuest(req, guestRefreshToken);
    const account = await verify({ address: req.ip ?? '', device: deviceCookie.read(req) });
    const open = await identity.signIn(account, toRights(req), guest);
    if (isFirstPartyOrigin(req, firstPartyOrigins)) deviceCookie.set(res, account.id);
    respond(res, open, refreshIn, receivedAt);
  }

  /** Sessions of an API key have the key's scopes. Only a session that started from a first-party origin may check out. */
  function toRights(req: Request & ApiKeyRequest): Rights {
    if (req.apiKey) return { scopes: req.apiKey.scopes, apiKeyId: req.apiKey.id };
    const scopes: Scope[] = ['cart', 'orders:read'];
    return { scopes: isFirstPartyOrigin(req, firstPartyOrigins) ? [...scopes, 'checkout'] : scopes };
  }

  async function findAccount(userId: string): Promise<Account> {
    const account = await accounts.find(userId);
    if (!account) throw new ServiceError('unauthenticated', 'INVALID_TOKEN', 'The account was deleted.');
    return account;
  }

  /** The access token is issued as of `receivedAt`: a revocation while the request was processed applies to it. */
  function respond(res: Response, open: OpenSession, refreshIn: RefreshIn, receivedAt: number): void {
    const { session, refreshToken, email, isNewGuest, guest, clampedLines = [] } = open;
    const { id: sessionId, userId: id, kind, scopes, sessionVersion, apiKeyId, expiresAt } = session;
    const issuedAt = Math.floor(receivedAt / 1000);
    const user: User = { id, kind, sessionId, scopes: new Set(scopes), sessionVersion, issuedAt, apiKeyId, isNewGuest };
    if (refreshIn === 'cookie') refreshCookie.set(res, refreshToken, expiresAt - receivedAt);
    res.json({
      userToken: parts.signAccessToken(user, accessTokenSeconds),
      tokenType: 'Bearer',
      expiresIn: accessTokenSeconds,
      refreshToken: refreshIn === 'body' ? refreshToken : undefined,
      refreshExpiresIn: Math.floor((expiresAt - receivedAt) / 1000),
      user: { id, kind, email },
      guest,
      clampedLines: clampedLines.length > 0 ? clampedLines : undefined,
    });
  }
}
