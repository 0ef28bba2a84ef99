/** What a visitor may try; each is a test, and says so. */
export const paymentChoices = [
  { id: 'approve', name: 'Test card', text: 'Approved at once.', payment: { method: 'test', token: 'approve' } },
  {
    id: 'approve-slow',
    name: 'Slow test card',
    text: 'Approved after two seconds. Add something in another tab meanwhile: it stays in the cart.',
    payment: { method: 'test', token: 'approve-slow' },
  },
  {
    id: 'decline',
    name: 'Declined test card',
    text: 'Declined. The cart stays as it is.',
    payment: { method: 'test', token: 'decline' },
  },
  {
    id: 'unknown',
    name: 'Test card without an answer',
    text: 'Charged, but the answer never arrives. The page waits and finds out.',
    payment: { method: 'test', token: 'timeout-after-charging' },
  },
  { id: 'invoice', name: 'Invoice', text: 'Collected later.', payment: { method: 'invoice', token: '' } },
] as const;

interface ChoicesProps {
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}

export const PaymentChoices = ({ chosen, onChoose }: ChoicesProps) => (
  <fieldset className="choices">
    <legend className="visually-hidden">Payment method</legend>
    {paymentChoices.map(({ id, name, text }) => (
      <label key={id} className="choice">
        <input
          type="radio"
          name="payment"
          value={id}
          checked={id === chosen}
          onChange={() => onChoose(id)}
          aria-describedby={`about-${id}`}
        />
        <span>
          <b>{name}</b>
          <span id={`about-${id}`} className="hint">
            {text}
          </span>
        </span>
      </label>
    ))}
  </fieldset>
);
