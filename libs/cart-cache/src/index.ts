export type {
  AddOptions,
  CartCache,
  CartItem,
  ClampedLine,
  CheckoutContext,
  CheckoutLock,
  CheckoutLockStep,
  CheckoutOptions,
  CheckoutOutcome,
  CheckoutRecord,
  MergeOptions,
  MergeResult,
  MergeRule,
  OrderOutcome,
  ProcessOrder,
} from './cart-cache';
export {
  CartCacheError,
  CartLimitError,
  CheckoutUnderWayError,
  EmptyCartError,
  InvalidCartInputError,
  ItemNotInCartError,
  OperationIdReusedError,
} from './cart-errors';
export { cartMiddleware, type CartMiddlewareOptions, type CartRequest, type LazyCartRequest } from './cart-middleware';
export { createRedisCartCache, type RedisCartCacheOptions } from './redis-cart-cache';
export { connectCartCache, type CartCacheSettings, type ConnectedCartCache } from './connect-cart-cache';
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
