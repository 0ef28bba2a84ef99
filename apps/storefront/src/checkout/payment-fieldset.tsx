import type { PaymentChoice } from './payment-choices';

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
