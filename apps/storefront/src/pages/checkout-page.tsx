import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent } from 'react';
import { Link, useLocation } from 'wouter';
import { paymentMethodsQuery, quoteQuery } from '../api/queries';
import { hasCode } from '../api/problem';
import { useStore } from '../api/store';
import type { Order } from '../api/types';
import { useCart } from '../cart/customer-cart';
import { PaymentFieldset, toPaymentChoices } from '../checkout/payment-choices';
import { PaymentProgress } from '../checkout/payment-progress';
import { QuoteSummary } from '../checkout/quote-summary';
import { Failure } from '../components/failure';
import { formatMoney } from '../components/price';
import { cart, payment, queryClient, session } from '../shop';

export default function CheckoutPage() {
  const { status, lines, isSaving } = useCart();
  const { status: sessionStatus } = useStore(session);
  const { payment: state } = useStore(payment);
  const [, navigate] = useLocation();
  const [chosenId, setChosenId] = useState<string>();
  const methods = useQuery(paymentMethodsQuery());
  const choices = toPaymentChoices(methods.data ?? []);
  const chosen = choices.find(({ id }) => id === chosenId) ?? choices[0];
  const quote = useQuery({ ...quoteQuery(lines), enabled: lines.length > 0 && !isSaving });

  useEffect(() => {
    if (sessionStatus !== 'restoring') payment.resume();
  }, [sessionStatus]);
  useEffect(() => {
    if (state.step === 'paid') showOrder(state.order, navigate);
    if (state.step !== 'refused') return;
    if (hasCode(state.error, 'EMPTY_CART')) void cart.refresh();
    if (hasCode(state.error, 'PRICE_CHANGED', 'OUT_OF_STOCK')) {
      void queryClient.invalidateQueries({ queryKey: ['quote'] });
      void queryClient.invalidateQueries({ queryKey: ['items'] });
    }
  }, [state, navigate]);

  const total = quote.data?.totals?.total;
  const isShort = (quote.data?.shortages.length ?? 0) > 0;
  const isPaying = state.step === 'paying' || state.step === 'outcome-unknown' || state.step === 'paid';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (chosen && total) void payment.start({ payment: chosen.payment, expectedTotal: total });
  };

  if (isPaying) {
    return (
      <div className="section checkout-progress">
        <title>Paying · Badger Store</title>
        <PaymentProgress state={state} />
      </div>
    );
  }
  if (lines.length === 0) {
    return (
      <div className="section empty">
        <title>Checkout · Badger Store</title>
        <h1 tabIndex={-1}>Checkout</h1>
        <p>
          {status === 'loading' && 'Loading …'}
          {status === 'unavailable' && 'The cart is unavailable. This page reloads it automatically.'}
          {status === 'ready' && 'Your cart is empty.'} <Link href="/shop">See all goods</Link>
        </p>
      </div>
    );
  }
  return (
    <div className="section">
      <title>Checkout · Badger Store</title>
      <h1 tabIndex={-1}>Checkout</h1>
      <PaymentProgress state={state} />
      <form className="checkout" onSubmit={submit}>
        <section aria-labelledby="how-to-pay">
          <h2 id="how-to-pay">How to pay</h2>
          <p className="hint">A demonstration: none of these moves money, and nothing is shipped.</p>
          {methods.error && !methods.data && (
            <Failure error={methods.error} what="The payment methods" onRetry={() => void methods.refetch()} />
          )}
          {methods.data && !chosen && (
            <p className="message message-bad">This page has no form yet for the payment methods of this store.</p>
          )}
          <PaymentFieldset choices={choices} chosen={chosen?.id} onChoose={setChosenId} />
        </section>
        <section className="summary" aria-labelledby="summary">
          <h2 id="summary">Your order</h2>
          {quote.error && !quote.data ? (
            <Failure error={quote.error} what="The total" onRetry={() => void quote.refetch()} />
          ) : (
            <QuoteSummary quote={quote.data} lineCount={lines.length} />
          )}
          <button
            type="submit"
            className="button button-wide"
            disabled={!total || !chosen || isShort || isSaving || quote.isPlaceholderData}
          >
            {total ? `Pay ${formatMoney(total)}` : 'Pay'}
          </button>
        </section>
      </form>
    </div>
  );
}

function showOrder(order: Order, navigate: (to: string, options: { replace: boolean }) => void): void {
  queryClient.setQueryData(['orders', order.id], order);
  void queryClient.invalidateQueries({ queryKey: ['orders'], exact: true });
  void queryClient.invalidateQueries({ queryKey: ['items'] });
  void cart.refresh();
  navigate(`/account/orders/${order.id}?thanks`, { replace: true });
  payment.reset();
}
