import { createRedisCartCache } from '@badger-store/cart-cache';
import {
  composeService,
  createUserTokenVerifier,
  reportStaleness,
  toCartSettings,
  type Foundation,
  type Service,
} from '@badger-store/service-kit';
import type { Logger } from 'pino';
import { gatewayRoutes } from './app';
import { createMigrateOrders } from './clients/checkout-orders';
import type { Config } from './config';
import { createDeviceTokens } from './domain/device-token';
import { createMigrateGuest } from './domain/guest-migration';
import { createIdentity } from './domain/identity';
import { createRefreshTokens } from './domain/refresh-token';
import { createSignIn } from './domain/sign-in';
import { createForwarder } from './forward/forwarder';
import { createCors, openCorsHeaders } from './http/cors';
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
import { createPostgresGuestMigrations } from './postgres/postgres-guest-migrations';
import { createPostgresSessions } from './postgres/postgres-sessions';
import { gatewaySchema, type GatewayTables } from './postgres/tables';
import { openRevocations } from './revocations';

const catalogueDeadlineMs = 5000;
/** Above the deadline of a payment (10 s), so that checkout itself says what became of it. */
const checkoutDeadlineMs = 15_000;
const sweepMs = 1000;
const purgeMs = 60_000;

export const composeGateway = (config: Config, log: Logger): Service =>
  composeService<GatewayTables>({ name: 'gateway', schema: gatewaySchema, config, log }, (foundation) =>
    composeParts(config, log, foundation),
  );

function composeParts(config: Config, log: Logger, foundation: Foundation<GatewayTables>) {
  const { redis, db, database, report } = foundation;
  const keyRing = openKeyRing({ path: config.USER_TOKEN_PRIVATE_KEY_FILE, report: report('keys of userTokens') });
  const inventory = createForwarder({ name: 'inventory', urls: config.INVENTORY_URL, deadlineMs: catalogueDeadlineMs });
  const checkout = createForwarder({ name: 'checkout', urls: config.CHECKOUT_URL, deadlineMs: checkoutDeadlineMs });

  const ttlMs = sessionLives(config);
  const accounts = createPostgresAccounts(db);
  const migrations = createPostgresGuestMigrations({ db, keepMs: ttlMs.guest });
  const refreshTokens = createRefreshTokens(config.REFRESH_TOKEN_SECRET_FILE);
  const revocations = openRevocations(database, { staleness: reportStaleness(log), postgres: report('postgres') });
  const sessions = createPostgresSessions({ db, onRevoked: revocations.refuse });
  const limits = createRequestLimits({ redis, config });
  const newGuests = createNewGuestLimit({
    redis,
    report: (isRefusing) =>
      isRefusing ? log.warn('Redis is almost full: new guests are refused') : log.info('new guests are admitted again'),
  });
  const carts = createRedisCartCache({ redis, ...toCartSettings(config) });
  const guests = createMigrateGuest({
    carts,
    migrateOrders: createMigrateOrders(foundation.createCaller('checkout', config.CHECKOUT_URL)),
    migrations,
    report: report('guest migration failed; the sweeper retries'),
  });
  const site = config.SITE_FOLDER === undefined ? undefined : openSite(config.SITE_FOLDER);
  const parties = { issuer: config.USER_TOKEN_ISSUER, audience: config.USER_TOKEN_AUDIENCE };
  const findKey = (kid: string) => Promise.resolve(keyRing.find(kid)?.publicKey);

  return {
    adminRoutes: revocationsRoutes({
      readRevocations: revocations.read,
      serviceSecrets: config.SERVICE_TOKEN_SECRET_FILE,
    }),
    routes: gatewayRoutes({
      site,
      signIn: createSignIn({
        accounts,
        passwords: createArgon2Passwords(),
        isCommonPassword,
        limits: createSignInLimits({ redis }),
      }),
      identity: createIdentity({
        ...{ sessions, refreshTokens, accounts, carts, guests, migrations, ttlMs },
        report: report('a part of a sign-in or refresh failed'),
      }),
      refreshTokens,
      accounts,
      apiKeys: createPostgresApiKeys(db),
      deviceTokens: createDeviceTokens(config.DEVICE_COOKIE_SECRET_FILE),
      signingKey: keyRing.signing,
      publishedKeys: keyRing.published,
      parties,
      firstPartyOrigins: config.FIRST_PARTY_ORIGINS,
      verifyUserToken: createUserTokenVerifier(findKey, parties, { revocations }),
      verifyGuestToken: createUserTokenVerifier(findKey, parties),
      revocations,
      limits,
      newGuests: newGuests.handler,
      newGuestAdds: newGuests.adds,
      guestTtlMs: ttlMs.guest,
      toUpstream: { inventory: inventory.forward, checkout: checkout.forward },
    }),
    checks: { revocations: revocations.check },
    jobs: [
      { name: 'guest-migrations', run: async () => ((await guests.sweep()) ? 0 : sweepMs) },
      { name: 'purge-revocations', run: async () => ((await revocations.purge()) ? 0 : purgeMs) },
      { name: 'purge', run: () => Promise.all([sessions.purge(), migrations.purge()]).then(() => purgeMs) },
    ],
    neighbours: { inventory: inventory.check, checkout: checkout.check },
    notFoundPage: site?.notFoundPage,
    cors: createCors(config.FIRST_PARTY_ORIGINS),
    refusalHeaders: openCorsHeaders,
    trustedProxies: config.TRUSTED_PROXIES,
    // A stranger does not say what is traced.
    continuesTraces: config.TRUSTED_PROXIES > 0,
    async close() {
      checkout.close();
      inventory.close();
      newGuests.close();
      await revocations.close();
      keyRing.close();
    },
  };
}

/** A guest is nobody without the session, so it lives at least as long as the cart. */
function sessionLives(config: Config) {
  const user = config.REFRESH_TTL_SECONDS * 1000;
  return { user, guest: Math.max(user, config.CART_TTL_SECONDS * 1000) };
}
