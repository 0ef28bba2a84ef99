import { ApiProblem } from '../api/problem';

interface FailureProps {
  readonly error: unknown;
  readonly what: string;
  readonly onRetry?: () => void;
}

/** What could not be shown, why, and a button that tries again. */
export const Failure = ({ error, what, onRetry }: FailureProps) => (
  <div className="failure" role="alert">
    <p>
      <strong>{what} could not be loaded.</strong> {reasonFor(error)}
    </p>
    {onRetry && (
      <button type="button" className="button button-quiet" onClick={onRetry}>
        Try again
      </button>
    )}
  </div>
);

export function reasonFor(error: unknown): string {
  if (!navigator.onLine) return 'You are offline.';
  if (!(error instanceof ApiProblem)) return 'The store does not respond.';
  return error.status >= 500 ? 'The store has a problem at the moment. Your cart is safe.' : error.message;
}
