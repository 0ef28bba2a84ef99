import Stripe from 'stripe';

/** Stripe refused the call, and it had no effect. After any other error the effect is unknown. */
export const isRefusal = (error: unknown): error is Stripe.errors.StripeError =>
  error instanceof Stripe.errors.StripeCardError || error instanceof Stripe.errors.StripeInvalidRequestError;

/** For `catch`: calls `instead` after a refusal, and rethrows any other error. */
export const whenRefused =
  <Result>(instead: () => Promise<Result>) =>
  (error: unknown): Promise<Result> => {
    if (!isRefusal(error)) throw error;
    return instead();
  };

const paymentMethodCodes = /^(payment_method|expired_payment_method|payment_intent_incompatible_|amount_too_)/;

/** Another payment method may succeed. Other refusals are errors of the store. */
export const isCausedByPaymentMethod = (error: Stripe.errors.StripeError): boolean =>
  error instanceof Stripe.errors.StripeCardError ||
  [error.param, error.code].some((word) => paymentMethodCodes.test(word ?? '')) ||
  // "The provided PaymentMethod was previously used […] It may not be used again" names no parameter.
  error.message.includes('PaymentMethod');
