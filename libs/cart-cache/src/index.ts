export type { CartCache, CartItem, CheckoutContext, CheckoutOptions, CheckoutRecord, ProcessOrder } from './cart-cache';
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
} from './cart-errors';
export { cartMiddleware, type CartRequest } from './cart-middleware';
export { createRedisCartCache, type RedisCartCacheOptions } from './redis-cart-cache';
