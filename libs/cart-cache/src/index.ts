export type {
  AddOptions,
  Cart,
  CartChange,
  Carts,
  ChangeOptions,
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
  MergeRule,
  OrderOutcome,
  ProcessOrder,
  TransferResult,
} from './carts';
export {
  CartError,
  CartLimitError,
  CartVersionConflictError,
  CheckoutInProgressError,
  EmptyCartError,
  InvalidCartInputError,
  ItemNotInCartError,
  IdempotencyKeyReusedError,
} from './cart-errors';
export { cartMiddleware, type CartMiddlewareOptions, type CartRequest, type LazyCartRequest } from './cart-middleware';
export { createCarts, type CartSettings, type CartsOptions } from './create-carts';
export type { CartsRedis, ExistingRedis, OwnRedis, RedisHooks } from './open-redis';
export {
  connectRedis,
  InvalidOptionError,
  RedisUnavailableError,
  type CallReport,
  type CommandSender,
  type ForeignClient,
  type HostPort,
  type RedisClient,
  type RedisEvent,
  type RedisFinding,
  type RedisSettings,
  type SendCommandOptions,
  type TlsFiles,
} from '@badger-store/redis-kit';
