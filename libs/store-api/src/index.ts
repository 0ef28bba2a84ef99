export { credentials, guestOptions, newCredentials, passwordChange, refreshRequest } from './auth';
export { addHeaders, newLine, newQuantity } from './cart';
export { itemId, itemsQuery } from './catalogue';
export { checkoutBody, checkoutHeaders, paymentMethods, type PaymentMethod } from './checkout';
export { createOpenApi } from './openapi';
export { publicRoutes, type Example } from './operations';
export { orderId, ordersQuery } from './orders';
export { encodeCursor } from './paging';
export { readSchema } from './read-openapi';
