import { createRedisCartCache } from '@badger-store/cart-cache';
import { connectPostgres } from '@badger-store/postgres-kit';
import { connectRedis } from '@badger-store/redis-kit';
import { followRevocations, publishRevocations } from '@badger-store/revocations';
import {
  assembleService,
  createServiceClient,
  createServiceTokens,
  createUserTokenVerifier,
  toPostgresSettings,
  toRedisSettings,
  type Service,
  createMetrics,
  observePostgres,
  observeRedis,
} from '@badger-store/service-kit';
import type { Logger } from 'pino';
import { gatewayRoutes } from './app';
import { createMoveOrders } from './clients/checkout-orders';
import type { Config } from './config';
import { createHandOver } from './domain/hand-over';
import { createRefreshTokens } from './domain/refresh-token';
import { createSessionKeeper } from './domain/session-keeper';
import { createSignIn } from './domain/sign-in';
import { createForwarder } from './forward/forwarder';
import { openKeyRing } from './keys/key-ring';
import { createLoginThrottle } from './limits/login-throttle';
import { createRequestLimits } from './limits/request-limits';
import { createArgon2Passwords } from './passwords/argon2-passwords';
import { isCommonPassword } from './passwords/common-passwords';
import { createPostgresAccounts } from './postgres/postgres-accounts';
import { createPostgresApiKeys } from './postgres/postgres-api-keys';
import { createPostgresRevocations } from './postgres/postgres-revocations';
import { gatewaySchema, type GatewayTables } from './postgres/tables';
import { createRedisSessions } from './redis/redis-sessions';

const catalogueDeadlineMs = 5000;
/** Above the deadline of a payment (10 s), so that checkout itself says what became of it. */
const checkoutDeadlineMs = 15_000;

export function composeGateway(config: Config, log: Logger): Service {
  const reporting = (what: string) => (err: unknown) => log.warn({ err }, what);
  const metrics = createMetrics();
  const redisMetrics = observeRedis(metrics, log);
  const redis = connectRedis(
    { ...toRedisSettings(config, 'gateway'), onCall: redisMetrics.onCall },
    redisMetrics.onEvent,
  );
  const postgres = connectPostgres<GatewayTables>(
    {
      ...toPostgresSettings(config),
      schema: gatewaySchema,
      applicationName: 'gateway',
      onQuery: observePostgres(metrics),
    },
    (err) => log.warn({ err }, 'postgres'),
  );
  const keyRing = openKeyRing({ path: config.USER_TOKEN_PRIVATE_KEY_FILE, report: reporting('keys of userTokens') });
  const inventory = createForwarder({ name: 'inventory', urls: config.INVENTORY_URL, deadlineMs: catalogueDeadlineMs });
  const checkout = createForwarder({ name: 'checkout', urls: config.CHECKOUT_URL, deadlineMs: checkoutDeadlineMs });

  const ttlMs = sessionLives(config);
  const stored = { db: postgres.db, keepMs: Math.max(ttlMs.guest, ttlMs.user) };
  const accounts = createPostgresAccounts(stored);
  const revocationLog = createPostgresRevocations(stored);
  const revocations = followRevocations({
    redis,
    seed: () => revocationLog.recent(),
    report: (event) =>
      event.state === 'error'
        ? log.warn({ err: event.error, during: event.during }, 'feed of revocations')
        : log.info({ during: event.during }, 'feed of revocations recovered'),
  });
  const limits = createRequestLimits({
    redis,
    config,
    report: (err) =>
      err === undefined
        ? log.info('rate limits are shared again')
        : log.warn({ err }, 'rate limits are counted here alone'),
  });
  const { tokenFor } = createServiceTokens(config.SERVICE_TOKEN_SECRET_FILE, 'gateway');
  const callCheckout = createServiceClient({
    name: 'checkout',
    urls: config.CHECKOUT_URL,
    token: () => tokenFor('checkout'),
  });

  const parties = { issuer: config.USER_TOKEN_ISSUER, audience: config.USER_TOKEN_AUDIENCE };
  const findKey = (kid: string) => Promise.resolve(keyRing.find(kid)?.publicKey);

  return assembleService(config, log, {
    routes: gatewayRoutes({
      signIn: createSignIn({
        accounts,
        passwords: createArgon2Passwords(),
        isCommonPassword,
        throttle: createLoginThrottle({ redis }),
      }),
      sessionKeeper: createSessionKeeper({
        sessions: createRedisSessions({ redis }),
        refreshTokens: createRefreshTokens(config.REFRESH_TOKEN_SECRET_FILE),
        revocations: revocationLog,
        announce: (revocation) => publishRevocations(redis, [revocation]),
        accounts,
        handOver: createHandOver({
          carts: createRedisCartCache({
            redis,
            ttlSeconds: config.CART_TTL_SECONDS,
            maxLines: config.CART_MAX_LINES,
            maxQuantity: config.CART_MAX_QUANTITY,
          }),
          moveOrders: createMoveOrders(callCheckout),
          report: reporting('a guest is handed over later'),
        }),
        report: reporting('a session is ended later'),
      }),
      accounts,
      apiKeys: createPostgresApiKeys(stored),
      signingKey: keyRing.signing,
      publishedKeys: keyRing.published,
      parties,
      firstPartyOrigins: config.FIRST_PARTY_ORIGINS,
      verifyUserToken: createUserTokenVerifier(findKey, parties, { revocations }),
      verifyGuestToken: createUserTokenVerifier(findKey, parties),
      revocations,
      limits,
      ttlMs,
      toInventory: inventory.forward,
      toCheckout: checkout.forward,
    }),
    metrics,
    checks: { redis: redis.ping, postgres: postgres.ping, revocations: revocations.check },
    findings: redis.findings,
    neighbours: { inventory: inventory.check, checkout: checkout.check },
    trustedProxies: config.TRUSTED_PROXIES,
    // A stranger does not say what is traced.
    continuesTraces: config.TRUSTED_PROXIES > 0,
    async close() {
      checkout.close();
      inventory.close();
      limits.close();
      revocations.close();
      keyRing.close();
      await redis.close();
      await postgres.close();
    },
  });
}

/** A guest is nobody without the session, so it lives at least as long as the cart. */
function sessionLives(config: Config) {
  const user = config.REFRESH_TTL_SECONDS * 1000;
  return { user, guest: Math.max(user, config.CART_TTL_SECONDS * 1000) };
}
