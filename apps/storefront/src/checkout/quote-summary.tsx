import type { Quote } from '../api/types';
import { cart } from '../shop';
import { Price, Totals } from '../components/price';

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
  const { lines, shortages, totals } = quote;
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
        {shortages
          .filter((short) => !lines.some(({ id }) => id === short.id))
          .map((short) => (
            <li key={short.id}>
              <span>
                {short.id} is not sold any more.
                <Shortage {...short} />
              </span>
            </li>
          ))}
      </ul>
      {totals && <Totals {...totals} />}
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
