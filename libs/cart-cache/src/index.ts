export type {
  AddOptions,
  CartCache,
  CartItem,
  ClampedLine,
  CheckoutContext,
  CheckoutOptions,
  CheckoutRecord,
  MergeOptions,
  MergeResult,
  MergeRule,
  ProcessOrder,
} from './cart-cache';
export {
  CartCacheError,
  CartLimitError,
  CheckoutOutcomeUnknownError,
  CheckoutRefusedError,
  CheckoutSettlePendingError,
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
