import {
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
import type { Account, Accounts } from '../domain/account';
import type { ApiKeys } from '../domain/api-key';
import type { DeviceTokens } from '../domain/device-token';
import type { Identity, OpenSession, Rights } from '../domain/identity';
import { InvalidRefreshTokenError } from '../domain/identity-errors';
import type { RefreshTokens } from '../domain/refresh-token';
import type { Session } from '../domain/session';
import type { SignIn, SignInClient } from '../domain/sign-in';
import type { SigningKey } from '../domain/signing-key';
import { createDeviceCookie } from './device-cookie';
import { createGuestReader, toSession } from './guest-proof';
import { readApiKey, type ApiKeyRequest } from './read-api-key';
import { createRefreshCookie } from './refresh-cookie';

export interface AuthParts {
  readonly signIn: SignIn;
  readonly identity: Identity;
  readonly refreshTokens: Pick<RefreshTokens, 'parse'>;
  readonly accounts: Pick<Accounts, 'find'>;
  readonly apiKeys: Pick<ApiKeys, 'find'>;
  readonly signingKey: () => SigningKey;
  readonly parties: TokenParties;
  readonly firstPartyOrigins: readonly string[];
  readonly verifyUserToken: VerifyUserToken;
  /** Without a look at revocations: a sign-in that is sent again comes from a guest whose session the first one ended. */
  readonly verifyGuestToken: VerifyUserToken;
  readonly revocations: Revocations;
  readonly deviceTokens: DeviceTokens;
  readonly limits: { readonly auth: RequestHandler };
  /** 503 while new guests can't be admitted. */
  readonly newGuests: RequestHandler;
  /** How long a guest's session lives on without a refresh. */
  readonly guestTtlMs: number;
}

const userTokenSeconds = 600;

type RefreshIn = 'body' | 'cookie';

export function authRoutes(parts: AuthParts): Router {
  const { signIn, identity, accounts, firstPartyOrigins, limits } = parts;
  const router = Router({ caseSensitive: true });
  const cookie = createRefreshCookie(firstPartyOrigins);
  const deviceCookie = createDeviceCookie(parts.deviceTokens);
  const readGuest = createGuestReader({ ...parts, cookie });
  const apiKey = readApiKey(parts.apiKeys);
  const bearer = requireUser(parts.verifyUserToken);

  router.use('/auth', (_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });

  router.post('/auth/guest', limits.auth, parts.newGuests, jsonBody, apiKey, (req: Request & ApiKeyRequest, res) => {
    const receivedAt = Date.now();
    const { refreshIn } = validate(guestOptions, req.body === undefined ? {} : req.body);
    if (refreshIn === 'cookie') cookie.assertAllowed(req);
    respond(res.status(201), identity.beginGuest(rightsOf(req)), refreshIn, receivedAt);
  });

  router.post('/auth/register', limits.auth, jsonBody, apiKey, async (req: Request, res) => {
    const { refreshIn, guestRefreshToken, ...wanted } = validate(newCredentials, req.body);
    const verify = () => signIn.register(wanted, clientOf(req));
    await beginUser(req, res.status(201), { refreshIn, guestRefreshToken, verify });
  });

  router.post('/auth/login', limits.auth, jsonBody, apiKey, async (req: Request, res) => {
    const { refreshIn, guestRefreshToken, ...given } = validate(credentials, req.body);
    const verify = () => signIn.login(given, clientOf(req));
    await beginUser(req, res, { refreshIn, guestRefreshToken, verify });
  });

  router.post('/auth/refresh', limits.auth, jsonBody, async (req: Request, res) => {
    const receivedAt = Date.now();
    const { refreshToken } = validate(refreshRequest, req.body === undefined ? {} : req.body);
    if (refreshToken === undefined) cookie.assertAllowed(req);
    const token = refreshToken ?? cookie.read(req);
    if (token === undefined) throw new InvalidRefreshTokenError();
    respond(res, await identity.refresh(token), refreshToken === undefined ? 'cookie' : 'body', receivedAt);
  });

  const clearCookie: RequestHandler = (_req, res, next) => {
    cookie.clear(res);
    next();
  };
  router.post('/auth/logout', clearCookie, jsonBody, async (req: Request, res) => {
    const { refreshToken } = validate(refreshRequest, req.body === undefined ? {} : req.body);
    const proofs: (Session | string)[] = refreshToken === undefined ? [] : [refreshToken];
    const fromCookie = cookie.read(req);
    if (fromCookie !== undefined && isOwnSite(req, firstPartyOrigins)) proofs.push(fromCookie);
    const user = await bearer(req, res, () => undefined).then(
      () => userOf(req),
      (error: unknown) => {
        if (proofs.length === 0) throw error;
        return undefined;
      },
    );
    if (user) proofs.push(toSession(user, parts.guestTtlMs));
    const ended = await Promise.all(proofs.map((proof) => identity.end(proof)));
    if (!ended.includes(true)) throw new InvalidRefreshTokenError();
    res.status(204).end();
  });

  router.post('/auth/logout-all', bearer, async (req: Request, res) => {
    const user = userOf(req);
    cookie.clear(res);
    await (user.kind === 'user' ? identity.endAll(user.id) : identity.end(toSession(user, parts.guestTtlMs)));
    res.status(204).end();
  });

  router.post(
    '/auth/password',
    limits.auth,
    bearer,
    requireFreshRevocations(parts.revocations),
    jsonBody,
    async (req: Request, res: Response) => {
      const { currentPassword, newPassword } = validate(passwordChange, req.body);
      const { id, kind, sessionId } = userOf(req);
      if (kind === 'guest') throw new ServiceError('forbidden', 'USERS_ONLY', 'A guest has no password.');
      const account = await existing(id);
      const hash = await signIn.newPasswordHash(account, currentPassword, newPassword, sessionId);
      await identity.changePassword(account, hash, sessionId);
      res.status(204).end();
    },
  );

  router.get('/auth/me', bearer, async (req: Request, res) => {
    const { id, kind } = userOf(req);
    res.json({ id, kind, ...(kind === 'user' ? { email: (await existing(id)).email } : {}) });
  });

  return router;

  interface UserSignIn {
    readonly refreshIn: RefreshIn;
    readonly guestRefreshToken: string | undefined;
    readonly verify: () => Promise<Account>;
  }

  async function beginUser(req: Request, res: Response, { refreshIn, guestRefreshToken, verify }: UserSignIn) {
    const receivedAt = Date.now();
    if (refreshIn === 'cookie') cookie.assertAllowed(req);
    const guest = await readGuest(req, guestRefreshToken);
    const account = await verify();
    const open = await identity.signIn(account, rightsOf(req), guest);
    if (isOwnSite(req, firstPartyOrigins)) deviceCookie.set(res, account.id);
    respond(res, open, refreshIn, receivedAt);
  }

  function clientOf(req: Request): SignInClient {
    return { address: req.ip ?? '', device: deviceCookie.read(req) };
  }

  /** Fixed when a session begins. An API key says what its sessions may do; only the store's own site gives the right to check out. */
  function rightsOf(req: Request & ApiKeyRequest): Rights {
    if (req.apiKey) return { scopes: req.apiKey.scopes, apiKeyId: req.apiKey.id };
    const scopes: Scope[] = ['cart', 'orders:read'];
    return { scopes: isOwnSite(req, firstPartyOrigins) ? [...scopes, 'checkout'] : scopes };
  }

  async function existing(userId: string): Promise<Account> {
    const account = await accounts.find(userId);
    if (!account) throw new InvalidRefreshTokenError();
    return account;
  }

  /** The userToken counts from when the request came: whatever ends its session ends it after that, not before. */
  function respond(res: Response, open: OpenSession, refreshIn: RefreshIn, receivedAt: number): void {
    const { session, refreshToken, email, isNewGuest, guest, clampedLines = [] } = open;
    const { id: sessionId, userId: id, kind, scopes, sessionVersion, apiKeyId, expiresAt } = session;
    const issuedAt = Math.floor(receivedAt / 1000);
    const user: User = { id, kind, sessionId, scopes: new Set(scopes), sessionVersion, issuedAt, apiKeyId, isNewGuest };
    if (refreshIn === 'cookie') cookie.set(res, refreshToken, expiresAt - receivedAt);
    res.json({
      userToken: signUserToken(user, parts.signingKey(), parts.parties, userTokenSeconds),
      tokenType: 'Bearer',
      expiresIn: userTokenSeconds,
      refreshToken: refreshIn === 'body' ? refreshToken : undefined,
      refreshExpiresIn: Math.floor((expiresAt - receivedAt) / 1000),
      user: { id, kind, email },
      guest,
      clampedLines: clampedLines.length > 0 ? clampedLines : undefined,
    });
  }
}
