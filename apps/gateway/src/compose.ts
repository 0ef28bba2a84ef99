import { assembleService, createUserTokenVerifier, type Service } from '@badger-store/service-kit';
import type { Logger } from 'pino';
import { gatewayRoutes } from './app';
import type { Config } from './config';
import { createForwarder } from './forward/forwarder';

const catalogueDeadlineMs = 5000;
/** Above the deadline of a payment (10 s), so that checkout itself says what became of it. */
const checkoutDeadlineMs = 15_000;

export function composeGateway(config: Config, log: Logger): Service {
  const signingKey = config.USER_TOKEN_PRIVATE_KEY_FILE;
  const parties = { issuer: config.USER_TOKEN_ISSUER, audience: config.USER_TOKEN_AUDIENCE };
  const inventory = createForwarder({ name: 'inventory', url: config.INVENTORY_URL, deadlineMs: catalogueDeadlineMs });
  const checkout = createForwarder({ name: 'checkout', url: config.CHECKOUT_URL, deadlineMs: checkoutDeadlineMs });

  return assembleService(config, log, {
    routes: gatewayRoutes({
      signingKey,
      parties,
      firstPartyOrigins: config.FIRST_PARTY_ORIGINS,
      verifyUserToken: createUserTokenVerifier(
        (kid) => Promise.resolve(kid === signingKey.kid ? signingKey.publicKey : undefined),
        parties,
      ),
      toInventory: inventory.forward,
      toCheckout: checkout.forward,
    }),
    checks: { inventory: inventory.check, checkout: checkout.check },
    async close() {
      checkout.close();
      inventory.close();
    },
  });
}
