import type { Quote } from '../api/quote';
import { cart } from '../shop';
import { Price } from '../components/price';

interface SummaryProps {
  readonly quote: Quote | undefined;
  readonly lineCount: number;
}

export function QuoteSummary({ quote, lineCount }: SummaryProps) {
  if (!quote) {
    return (
      <ul className="summary-lines" aria-busy="true">
        {Array.from({ length: lineCount }, (_, n) => (
          <li key={n} className="skeleton skeleton-line" />
        ))}
      </ul>
    );
  }
  const { lines, shipping, tax, total, shortages } = quote;
  return (
    <>
      <ul className="summary-lines">
        {lines.map(({ id, name, quantity, lineTotal }) => {
          const shortage = shortages.find((short) => short.id === id);
          return (
            <li key={id}>
              <span>
                {quantity} × {name}
                {shortage && <Shortage {...shortage} />}
              </span>
              <Price money={lineTotal} />
            </li>
          );
        })}
      </ul>
      <dl className="totals">
        <dt>Shipping</dt>
        <dd>{shipping.amount === 0 ? 'Free' : <Price money={shipping} />}</dd>
        <dt>Tax</dt>
        <dd>
          <Price money={tax} />
        </dd>
        <dt className="totals-total">Total</dt>
        <dd className="totals-total">
          <Price money={total} />
        </dd>
      </dl>
    </>
  );
}

const Shortage = ({ id, requested, available }: { id: string; requested: number; available: number }) => (
  <span className="warning">
    {available === 0 ? 'Sold out. ' : `Only ${available} left. `}
    <button
      type="button"
      className="link-button"
      onClick={() => (available === 0 ? cart.remove(id) : cart.change(id, available - requested))}
    >
      {available === 0 ? 'Remove' : `Take ${available}`}
    </button>
  </span>
);
