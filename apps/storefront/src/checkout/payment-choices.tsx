import type { Payment, PaymentMethod } from '../api/types';

interface PaymentChoice {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly payment: Payment;
}

/** The outcomes that a visitor can try, of all that the test method has. */
const testCards: Readonly<Record<string, { readonly name: string; readonly text: string }>> = {
  approve: { name: 'Test card', text: 'Approved at once.' },
  'approve-slow': {
    name: 'Slow test card',
    text: 'Approved after two seconds. Add something in another tab meanwhile: it stays in the cart.',
  },
  decline: { name: 'Declined test card', text: 'Declined. The cart stays as it is.' },
  'timeout-after-charging': {
    name: 'Test card without a response',
    text: 'Charged, but the response never arrives. The page waits and finds out.',
  },
};

/** What this page can take. A card form for Stripe is not built yet. */
export function toPaymentChoices(methods: readonly PaymentMethod[]): readonly PaymentChoice[] {
  return methods.flatMap((method): PaymentChoice[] => {
    switch (method.method) {
      case 'test':
        return method.tokens.flatMap(({ token }) => {
          const card = testCards[token];
          return card ? [{ id: token, ...card, payment: { method: 'test', token } }] : [];
        });
      case 'invoice': {
        const text = `Due ${method.dueDays} days after the order.`;
        return [{ id: 'invoice', name: 'Invoice', text, payment: { method: 'invoice', token: '' } }];
      }
      case 'stripe':
        return [];
    }
  });
}

interface FieldsetProps {
  readonly choices: readonly PaymentChoice[];
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}

export const PaymentFieldset = ({ choices, chosen, onChoose }: FieldsetProps) => (
  <fieldset className="choices">
    <legend className="visually-hidden">Payment method</legend>
    {choices.map(({ id, name, text }) => (
      <label key={id} className="choice">
        <input
          type="radio"
          name="payment"
          value={id}
          checked={id === chosen}
          onChange={() => onChoose(id)}
          aria-labelledby={`name-${id}`}
          aria-describedby={`about-${id}`}
        />
        <span>
          <b id={`name-${id}`}>{name}</b>
          <span id={`about-${id}`} className="hint">
            {text}
          </span>
        </span>
      </label>
    ))}
  </fieldset>
);
