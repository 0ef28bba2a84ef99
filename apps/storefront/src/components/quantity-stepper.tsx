import { MinusIcon, PlusIcon } from './icons';

interface StepperProps {
  readonly name: string;
  readonly quantity: number;
  readonly min?: number;
  readonly max?: number;
  readonly onStep: (difference: 1 | -1) => void;
}

/** Two buttons and a number that is read out when it changes. */
export const QuantityStepper = ({ name, quantity, min = 0, max = 999, onStep }: StepperProps) => (
  <div className="stepper" role="group" aria-label={`Quantity of ${name}`}>
    <button type="button" aria-label={`One ${name} fewer`} disabled={quantity <= min} onClick={() => onStep(-1)}>
      <MinusIcon />
    </button>
    <output aria-label={`${quantity} of ${name}`}>{quantity}</output>
    <button type="button" aria-label={`One more ${name}`} disabled={quantity >= max} onClick={() => onStep(1)}>
      <PlusIcon />
    </button>
  </div>
);
