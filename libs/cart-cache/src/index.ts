export type {
  AddOptions,
  Carts,
  CartLine,
  ClampedLine,
  CheckoutContext,
  CheckoutLock,
  CheckoutLockStep,
  CheckoutOptions,
  CheckoutOutcome,
  CheckoutRecord,
  LineChange,
  MergeOptions,
  MergeResult,
  MergeRule,
  OrderOutcome,
  ProcessOrder,
} from './carts';
export {
  CartCacheError,
  CartLimitError,
  CheckoutInProgressError,
  EmptyCartError,
  InvalidCartInputError,
  ItemNotInCartError,
  IdempotencyKeyReusedError,
} from './cart-errors';
export { cartMiddleware, type CartMiddlewareOptions, type CartRequest, type LazyCartRequest } from './cart-middleware';
export { createCarts, type CartSettings, type CartsOptions, type ExistingRedis, type OwnRedis } from './create-carts';
export {
  connectRedis,
  RedisUnavailableError,
  type CallReport,
  type HostPort,
  type RedisClient,
  type RedisEvent,
  type RedisSettings,
  type TlsFiles,
} from '@badger-store/redis-kit';
