import Stripe from 'stripe';

/** Stripe understood the call and did nothing of it; any other error leaves open what it did. */
export const isRefusal = (error: unknown): error is Stripe.errors.StripeError =>
  error instanceof Stripe.errors.StripeCardError || error instanceof Stripe.errors.StripeInvalidRequestError;

/** For `catch`: does something else after a refusal, and throws what is none. */
export const whenRefused =
  <Result>(instead: () => Promise<Result>) =>
  (error: unknown): Promise<Result> => {
    if (!isRefusal(error)) throw error;
    return instead();
  };

const aboutThePayment = /^(payment_method|expired_payment_method|payment_intent_incompatible_|amount_too_)/;

/** Another payment method would do; other refusals are the store’s own mistake. */
export const isForTheCustomer = (error: Stripe.errors.StripeError): boolean =>
  error instanceof Stripe.errors.StripeCardError ||
  [error.param, error.code].some((word) => aboutThePayment.test(word ?? '')) ||
  // "The provided PaymentMethod was previously used […] It may not be used again" names no parameter.
  error.message.includes('PaymentMethod');
