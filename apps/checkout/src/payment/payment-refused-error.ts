/** The provider takes no such payment: it made none, and charged nothing. Another payment method may do. */
export class PaymentRefusedError extends Error {
  override readonly name = 'PaymentRefusedError';
  readonly kind = 'payment-required';
  readonly code = 'PAYMENT_DECLINED';
  readonly extensions: { readonly reason: string };

  constructor(
    /** The provider's word for programs: `resource_missing`. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super('The payment was declined. Nothing was charged; your cart is as it was.', options);
    this.extensions = { reason };
  }
}
