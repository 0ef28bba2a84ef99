import type { Operation } from './operation';
import { authOperations } from './operations-auth';
import { cartOperations } from './operations-cart';
import { catalogueOperations } from './operations-catalogue';
import { docsOperations } from './operations-docs';
import { orderOperations } from './operations-orders';

/** The whole public surface, in an order in which its examples can be sent; carts first of what is forwarded, as the busiest. */
export const operations: readonly Operation[] = [
  ...authOperations,
  ...cartOperations,
  ...catalogueOperations,
  ...orderOperations,
  ...docsOperations,
];

export type PublicRoute = Pick<Operation, 'method' | 'path' | 'servedBy' | 'bearer'>;

/** What is public but no part of the documented API: Stripe signs the events that it sends. */
const undocumentedRoutes: readonly PublicRoute[] = [
  { method: 'post', path: '/payments/stripe/events', servedBy: 'checkout' },
];

/** Every public route of the store, with parameters as Express writes them. */
export const publicRoutes: readonly PublicRoute[] = [...operations, ...undocumentedRoutes].map(
  ({ method, path, servedBy, bearer }) => ({ method, path: path.replace(/\{(\w+)\}/g, ':$1'), servedBy, bearer }),
);
