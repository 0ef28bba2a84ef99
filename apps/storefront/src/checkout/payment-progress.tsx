import { ApiProblem } from '../api/problem';
import type { Money, ProblemCode } from '../api/types';
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
    case 'refused':
      return <Refusal error={state.error} />;
  }
}

const Waiting = ({ title, text }: { title: string; text: string }) => (
  <div className="waiting" role="status">
    <BadgerMark className="mark mark-digging" />
    <h1 tabIndex={-1}>{title}</h1>
    <p>{text}</p>
  </div>
);

function Refusal({ error }: { error: unknown }) {
  const [title, text] = describeRefusal(error);
  return (
    <p className="message message-bad refusal" role="alert" tabIndex={-1} ref={showFirst}>
      <strong>{title}</strong> {text}
    </p>
  );
}

function describeRefusal(error: unknown): readonly [title: string, text: string] {
  if (!(error instanceof ApiProblem)) return ['The payment was not made.', 'Something went wrong on this page.'];
  switch (error.code as ProblemCode) {
    case 'PAYMENT_DECLINED':
      return [
        'The payment was declined.',
        'Nothing was charged and your cart is as it was. Choose another way to pay.',
      ];
    case 'PRICE_CHANGED': {
      const total = formatMoney(error.body.total as Money);
      return ['The total changed.', `It is now ${total}. Nothing was charged; pay again if you agree.`];
    }
    case 'OUT_OF_STOCK':
      return ['Not enough in stock.', 'Another customer was faster. Nothing was charged. Change the marked lines.'];
    case 'EMPTY_CART':
      return ['The cart is empty.', 'It was emptied or paid for in another tab.'];
    default:
      return ['The payment was not made.', error.message];
  }
}

/** What went wrong is where the customer looks, and where the keyboard goes on. */
const showFirst = (element: HTMLElement | null) => {
  element?.scrollIntoView({ block: 'center' });
  element?.focus({ preventScroll: true });
};

const times = (count: number) => (count === 1 ? 'once' : `${count} times`);
