import { useStore } from '../api/store';
import type { LoggedRequest } from '../api/request-log';
import { requestLog } from '../shop';
import { CloseIcon } from './icons';

/** Each request as it happens, and a button that loses a response. */
export default function UnderTheHood({ onClose }: { onClose: () => void }) {
  const { requests, losesNextResponse } = useStore(requestLog);
  return (
    <aside className="hood" aria-labelledby="hood-title">
      <header className="hood-head">
        <h2 id="hood-title">Under the hood</h2>
        <button
          type="button"
          className="hood-lose"
          aria-pressed={losesNextResponse}
          onClick={() => requestLog.loseNextResponse(!losesNextResponse)}
        >
          {losesNextResponse ? 'The next response gets lost' : 'Lose the next response'}
        </button>
        <button type="button" className="hood-clear" onClick={requestLog.clear}>
          Clear
        </button>
        <button type="button" className="icon-button" aria-label="Close Under the hood" onClick={onClose}>
          <CloseIcon />
        </button>
      </header>
      <p className="hood-intro">
        Inventory and checkout are two services that share one cart in Redis. Lose a response, then add something: the
        page sends the add again under the same idempotency key, and it counts once.
      </p>
      <div className="hood-scroll" tabIndex={0} role="region" aria-label="Requests">
        <table>
          <thead>
            <tr>
              <th scope="col">Request</th>
              <th scope="col">Status</th>
              <th scope="col">Time</th>
              <th scope="col">Service</th>
              <th scope="col">Request id</th>
            </tr>
          </thead>
          <tbody>
            {requests.map((request) => (
              <RequestRow key={request.number} request={request} />
            ))}
          </tbody>
        </table>
        {requests.length === 0 && <p className="hint">Nothing was requested yet. Add something to the cart.</p>}
      </div>
    </aside>
  );
}

function RequestRow({ request }: { request: LoggedRequest }) {
  const { method, path, route, attempt, idempotencyKey, outcome, status, milliseconds, servedBy, requestId } = request;
  return (
    <tr data-outcome={outcome} data-service={servedBy}>
      <td title={path}>
        <b>{method}</b> {route}
        {attempt > 1 && <span className="hood-tag">attempt {attempt}</span>}
        {idempotencyKey && <span className="hood-tag">key {idempotencyKey.slice(0, 8)}</span>}
      </td>
      <td>{statusText(outcome, status)}</td>
      <td>{milliseconds === undefined ? '…' : `${milliseconds} ms`}</td>
      <td>
        <span className="hood-service">{servedBy}</span>
      </td>
      <td>
        <code>{requestId?.slice(0, 8)}</code>
      </td>
    </tr>
  );
}

function statusText(outcome: LoggedRequest['outcome'], status: number | undefined): string {
  if (outcome === 'pending') return '…';
  if (outcome === 'failed') return 'no response';
  return outcome === 'lost' ? `${status}, lost` : String(status);
}
