import { createCarts } from '@badger-store/cart-cache';
import {
  composeService,
  createAccessTokenVerifier,
  followRevocations,
  reportStaleness,
  signAccessToken,
  toCartSettings,
  type ComposedParts,
  type Foundation,
  type Service,
} from '@badger-store/service-kit';
import type { Logger } from 'pino';
import { gatewayRoutes } from './app';
import { createMigrateOrders } from './clients/checkout-orders';
import type { Config } from './config';
import { createDeviceTokens } from './domain/device-token';
import { createDeleteCarts } from './domain/cart-deletion';
import { createMigrateGuest } from './domain/guest-migration';
import { createIdentity } from './domain/identity';
import { createRefreshTokens } from './domain/refresh-token';
import { createSignIn } from './domain/sign-in';
import { createForwarder } from './forward/forwarder';
import { createCors, publicCorsHeaders } from './http/cors';
import { revocationsRoutes } from './http/revocations.routes';
import { openSite } from './http/site';
import { openKeyRing } from './keys/key-ring';
import { createNewGuestLimit } from './limits/new-guests';
import { createRequestLimits } from './limits/request-limits';
import { createSignInLimits } from './limits/sign-in-limits';
import { createArgon2Passwords } from './passwords/argon2-passwords';
import { isCommonPassword } from './passwords/common-passwords';
import { createPostgresAccounts } from './postgres/postgres-accounts';
import { createPostgresApiKeys } from './postgres/postgres-api-keys';
import { createPostgresCartDeletions } from './postgres/postgres-cart-deletions';
import { createPostgresGuestMigrations } from './postgres/postgres-guest-migrations';
import { createPostgresSessions } from './postgres/postgres-sessions';
import { createRecentRevocations } from './postgres/recent-revocations';
import { gatewaySchema, type GatewayTables } from './postgres/tables';

const catalogueDeadlineMs = 5000;
/** Above the deadline of a payment (10 s), so that checkout can respond with its outcome. */
const checkoutDeadlineMs = 15_000;
/** Its own connections, so that no search or sign-in delays a poll; a service abandons a poll after 1 s. */
const revocationPool = { applicationName: 'gateway-revocations', maxConnections: 2, statementTimeoutMs: 900 };
const sweepMs = 1000;
const purgeMs = 60_000;

export const composeGateway = (config: Config, log: Logger): Service =>
  composeService<GatewayTables>({ name: 'gateway', schema: gatewaySchema, config, log }, (foundation) =>
    composeParts(config, log, foundation),
  );

function composeParts(config: Config, log: Logger, foundation: Foundation<GatewayTables>): ComposedParts {
  const { redis, cartsRedis, db, tlsTo, report } = foundation;
  const keyRing = openKeyRing(config.USER_TOKEN_PRIVATE_KEY_FILE, report('key file is unusable'));
  const forwarders = {
    inventory: createForwarder({
      name: 'inventory',
      urls: config.INVENTORY_URL,
      deadlineMs: catalogueDeadlineMs,
      tls: tlsTo('inventory'),
    }),
    checkout: createForwarder({
      name: 'checkout',
      urls: config.CHECKOUT_URL,
      deadlineMs: checkoutDeadlineMs,
      tls: tlsTo('checkout'),
    }),
  };

  const cartSettings = toCartSettings(config);
  const userTtlMs = config.REFRESH_TTL_SECONDS * 1000;
  // A guest without a session loses the cart, so the session lives at least as long.
  const ttlMs = { user: userTtlMs, guest: Math.max(userTtlMs, cartSettings.ttlSeconds * 1000) };
  const accounts = createPostgresAccounts(db);
  const migrations = createPostgresGuestMigrations(db, ttlMs.guest);
  const refreshTokens = createRefreshTokens(config.REFRESH_TOKEN_SECRET_FILE);
  const recentRevocations = createRecentRevocations(foundation.openPool(revocationPool));
  const revocations = followRevocations({ read: recentRevocations.read, report: reportStaleness(log) });
  const sessions = createPostgresSessions(db, revocations.refuse);
  const newGuests = createNewGuestLimit(redis, log);
  const carts = createCarts({ redis: cartsRedis, ...cartSettings });
  const guests = createMigrateGuest({
    carts,
    migrateOrders: createMigrateOrders(foundation.createCaller('checkout', config.CHECKOUT_URL)),
    migrations,
    report: report('guest migration failed; the sweeper retries'),
  });
  const cartDeletions = createDeleteCarts({
    carts,
    deletions: createPostgresCartDeletions(db),
    report: report('the cart of a deleted account could not be deleted; the sweeper retries'),
  });
  const site = config.SITE_FOLDER === undefined ? undefined : openSite(config.SITE_FOLDER);
  const signIn = createSignIn({
    accounts,
    passwords: createArgon2Passwords(),
    isCommonPassword,
    limits: createSignInLimits({ redis }),
  });
  const identity = createIdentity({
    sessions,
    refreshTokens,
    accounts,
    carts,
    guests,
    cartDeletions,
    ttlMs,
    report: report('the life of a guest cart could not be extended'),
  });
  const parties = { issuer: config.USER_TOKEN_ISSUER, audience: config.USER_TOKEN_AUDIENCE };
  const findKey = (kid: string) => Promise.resolve(keyRing.find(kid)?.publicKey);

  return {
    adminRoutes: revocationsRoutes(recentRevocations.read, config.SERVICE_TOKEN_SECRET_FILE),
    routes: gatewayRoutes({
      site,
      signIn,
      identity,
      refreshTokens,
      accounts,
      apiKeys: createPostgresApiKeys(db),
      deviceTokens: createDeviceTokens(config.DEVICE_COOKIE_SECRET_FILE),
      signAccessToken: (user, lifetimeSeconds) => signAccessToken(user, keyRing.signing(), parties, lifetimeSeconds),
      publishedKeys: keyRing.published,
      firstPartyOrigins: config.FIRST_PARTY_ORIGINS,
      verifyAccessToken: createAccessTokenVerifier(findKey, parties, { revocations }),
      verifyGuestToken: createAccessTokenVerifier(findKey, parties),
      revocations,
      limits: createRequestLimits(redis, config),
      newGuests,
      guestTtlMs: ttlMs.guest,
      forwarders,
    }),
    checks: { revocations: revocations.check },
    jobs: [
      { name: 'guest-migrations', run: async () => ((await guests.sweep()) ? 0 : sweepMs) },
      { name: 'cart-deletions', run: async () => ((await cartDeletions.sweep()) ? 0 : sweepMs) },
      { name: 'purge-revocations', run: async () => ((await recentRevocations.purge()) ? 0 : purgeMs) },
      { name: 'purge', run: () => Promise.all([sessions.purge(), migrations.purge()]).then(() => purgeMs) },
    ],
    upstreamChecks: Object.fromEntries(Object.entries(forwarders).map(([name, { check }]) => [name, check])),
    findNotFoundPage: site?.findNotFoundPage,
    cors: createCors(config.FIRST_PARTY_ORIGINS),
    refusalHeaders: publicCorsHeaders,
    trustedProxies: config.TRUSTED_PROXIES,
    // An untrusted client may not decide what is traced.
    continuesTraces: config.TRUSTED_PROXIES > 0,
    close() {
      for (const forwarder of Object.values(forwarders)) forwarder.close();
      newGuests.close();
      revocations.close();
      keyRing.close();
    },
  };
}
