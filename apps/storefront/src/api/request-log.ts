import { createStore } from './store';

export type Outcome = 'pending' | 'responded' | 'lost' | 'failed';

export interface LoggedRequest {
  readonly number: number;
  readonly method: string;
  readonly path: string;
  /** As the API's document writes it. */
  readonly route: string;
  readonly servedBy: string;
  /** 1 for the first time that it is sent. */
  readonly attempt: number;
  readonly outcome: Outcome;
  readonly idempotencyKey?: string;
  readonly status?: number;
  readonly milliseconds?: number;
  readonly requestId?: string;
}

interface RequestLogState {
  readonly requests: readonly LoggedRequest[];
  /** Drops the next response to a change of the cart, or to a checkout, as a broken connection does. */
  readonly losesNextResponse: boolean;
}

const maxRequests = 100;

/** What the panel "Under the hood" shows. */
export function createRequestLog() {
  const store = createStore<RequestLogState>({ requests: [], losesNextResponse: false });
  let count = 0;

  return {
    ...store,
    begin(request: Omit<LoggedRequest, 'number' | 'outcome'>): number {
      const number = (count += 1);
      store.update(({ requests }) => ({
        requests: [{ ...request, number, outcome: 'pending' as const }, ...requests].slice(0, maxRequests),
      }));
      return number;
    },
    end(number: number, result: Pick<LoggedRequest, 'outcome' | 'status' | 'milliseconds' | 'requestId'>): void {
      store.update(({ requests }) => ({
        requests: requests.map((request) => (request.number === number ? { ...request, ...result } : request)),
      }));
    },
    loseNextResponse: (losesNextResponse: boolean) => store.update(() => ({ losesNextResponse })),
    clear: () => store.update(() => ({ requests: [] })),
  };
}

export type RequestLog = ReturnType<typeof createRequestLog>;
