import { ServiceError, traceHeaders } from '@badger-store/service-kit';

export interface InventoryCall {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly deadlineMs: number;
}

export interface InventoryAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Asks inventory. Rejects with an `unavailable` error when it does not answer in time, or answers that it cannot. */
export type AskInventory = (call: InventoryCall) => Promise<InventoryAnswer>;

/** Takes its addresses in turn, and where one cannot be reached, the next; all calls may be repeated. One deadline holds over all. */
export function createInventoryClient(urls: readonly string[], serviceToken: () => string): AskInventory {
  let turn = 0;

  const ask = async ({ method, path, body }: InventoryCall, url: string, signal: AbortSignal) => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: { ...traceHeaders(), authorization: `Bearer ${serviceToken()}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      redirect: 'error',
      signal,
    });
    if (response.status >= 500) throw new Error(`inventory answered ${response.status}`);
    return { status: response.status, body: (await response.json()) as unknown };
  };

  return async (call) => {
    const signal = AbortSignal.timeout(call.deadlineMs);
    turn += 1;
    const errors: unknown[] = [];
    for (let i = 0; i < urls.length && !signal.aborted; i += 1) {
      try {
        return await ask(call, urls[(turn + i) % urls.length] ?? '', signal);
      } catch (error) {
        errors.push(error);
      }
    }
    throw inventoryUnavailable(new AggregateError(errors, 'no inventory answered'));
  };
}

export const inventoryUnavailable = (cause: unknown) =>
  new ServiceError('unavailable', 'INVENTORY_UNAVAILABLE', 'The store’s inventory cannot be asked now.', { cause });
