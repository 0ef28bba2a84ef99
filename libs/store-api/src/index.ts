export { accountDeletion, credentials, guestOptions, newCredentials, passwordChange, refreshRequest } from './auth';
export { addHeaders, changeHeaders, newLine, newQuantity } from './cart';
export {
  itemId,
  itemsQuery,
  type Categories,
  type Category,
  type Item,
  type ItemSort,
  type ItemsPage,
  type Money,
  type Shortage,
} from './catalogue';
export {
  checkoutBody,
  checkoutHeaders,
  paymentMethods,
  testTokens,
  type PaymentMethod,
  type PaymentMethodList,
  type TestToken,
} from './checkout';
export { createOpenApi } from './openapi';
export { getProblemCodes, type Operation } from './operation';
export { operations, publicRoutes } from './operations';
export { orderId, ordersQuery, orderStatuses, type Order, type OrderLine, type OrderStatus } from './orders';
export { encodeCursor } from './paging';
export { problemTypes, type ProblemCode } from './problem-types';
export { readSchema } from './read-openapi';
