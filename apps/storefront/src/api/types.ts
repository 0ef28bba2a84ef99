import type { components, paths } from './generated/schema';

type Json<Response> = Response extends { content: { 'application/json': infer Body } } ? Body : never;
type ResponseBody<
  Path extends keyof paths,
  Method extends keyof paths[Path],
  Status extends number,
> = paths[Path][Method] extends {
  responses: infer Responses;
}
  ? Json<Responses[Status & keyof Responses]>
  : never;

export type ProblemCode = components['schemas']['ProblemCode'];
export type ItemSort = components['schemas']['ItemSort'];
export type Item = ResponseBody<'/inventory/items/{id}', 'get', 200>;
export type ItemsPage = ResponseBody<'/inventory/items', 'get', 200>;
export type Money = Item['price'];
export type CartLine = ResponseBody<'/Cart', 'get', 200>['cart'][number];
export type Order = ResponseBody<'/orders/{id}', 'get', 200>;
export type OrdersPage = ResponseBody<'/orders', 'get', 200>;
export type Session = ResponseBody<'/auth/login', 'post', 200>;
export type CheckoutRequest = paths['/Cart/checkout']['patch']['requestBody']['content']['application/json'];
export type Quote = ResponseBody<'/Cart/checkout', 'get', 200>;
export type PaymentMethod = ResponseBody<'/payment-methods', 'get', 200>['paymentMethods'][number];
export type Payment = CheckoutRequest['payment'];
