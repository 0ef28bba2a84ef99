import type { ReactNode } from 'react';
import { BadgerMark } from '../components/badger-mark';
import { formatMoney } from '../components/price';
import type { PaymentState } from './payment-attempt';

/** How a payment goes, or why it was not made. */
export function PaymentProgress({ state }: { state: PaymentState }) {
  switch (state.step) {
    case 'idle':
      return null;
    case 'paying':
    case 'paid':
      return <Waiting title="Paying …" text="This takes a moment. You may reload the page: nothing is paid twice." />;
    case 'outcome-unknown':
      return (
        <Waiting
          title="Waiting for the outcome"
          text={`The payment provider has not said yet whether it charged you. This page asks again until it knows; do not pay another way. Asked ${times(state.asked)}.`}
        />
      );
    case 'declined':
      return (
        <Refusal title="The payment was declined.">
          Nothing was charged and your cart is as it was. Choose another way to pay.
        </Refusal>
      );
    case 'price-changed':
      return (
        <Refusal title="The total changed.">
          It is now {formatMoney(state.total)}. Nothing was charged; pay again if you agree.
        </Refusal>
      );
    case 'out-of-stock':
      return (
        <Refusal title="Not enough in stock.">
          Another customer was faster. Nothing was charged. Change the marked lines.
        </Refusal>
      );
    case 'cart-is-empty':
      return <Refusal title="The cart is empty.">It was emptied or paid for in another tab.</Refusal>;
    case 'refused':
      return <Refusal title="The payment was not made.">{state.message}</Refusal>;
  }
}

const Waiting = ({ title, text }: { title: string; text: string }) => (
  <div className="waiting" role="status">
    <BadgerMark className="mark mark-digging" />
    <h1 tabIndex={-1}>{title}</h1>
    <p>{text}</p>
  </div>
);

const Refusal = ({ title, children }: { title: string; children: ReactNode }) => (
  <p className="message message-bad refusal" role="alert" tabIndex={-1} ref={showFirst}>
    <strong>{title}</strong> {children}
  </p>
);

/** What went wrong is where the customer looks, and where the keyboard goes on. */
const showFirst = (element: HTMLElement | null) => {
  element?.scrollIntoView({ block: 'center' });
  element?.focus({ preventScroll: true });
};

const times = (count: number) => (count === 1 ? 'once' : `${count} times`);
