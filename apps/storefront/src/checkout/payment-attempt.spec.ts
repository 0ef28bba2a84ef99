import { ApiProblem } from '../api/problem';
import { NoResponseError } from '../api/transport';
import type { CheckoutRequest, Order } from '../api/types';
import { createPayment } from './payment-attempt';

const request: CheckoutRequest = { payment: { method: 'test', token: 'approve' } };
const order = { id: 'order-1' } as Order;
const problem = (status: number, code: string) => new ApiProblem({ status, code, title: code, detail: code });

/** A payment whose requests get their responses one after the other. */
function openPayment(...responses: readonly (Order | Error)[]) {
  const values = new Map<string, string>();
  const keys: string[] = [];
  const parts = {
    pay: ({ key }: { key: string }) => {
      const response = responses[keys.push(key) - 1];
      return response instanceof Error ? Promise.reject(response) : Promise.resolve(response ?? order);
    },
    storage: {
      getItem: (name: string) => values.get(name) ?? null,
      setItem: (name: string, value: string) => void values.set(name, value),
      removeItem: (name: string) => void values.delete(name),
    },
    newKey: () => `key-${keys.length + 1}`,
    sleep: () => Promise.resolve(),
  };
  return { ...createPayment(parts), keys, values, parts };
}

describe('a payment', () => {
  it('is made once by two clicks', async () => {
    const { start, read, keys } = openPayment(order);
    await Promise.all([start(request), start(request)]);
    expect([read().payment, keys.length]).toEqual([{ step: 'paid', order }, 1]);
  });

  it.each([
    new NoResponseError(),
    problem(503, 'CHECKOUT_OUTCOME_UNKNOWN'),
    problem(504, 'UPSTREAM_TIMEOUT'),
    problem(409, 'CHECKOUT_IN_PROGRESS'),
  ])('whose outcome is not known after %s is asked about under the same key until it is', async (error) => {
    const { start, read, keys } = openPayment(error, error, order);
    const steps: string[] = [];
    const payment = start(request);
    steps.push(read().payment.step);
    await payment;
    expect([read().payment.step, new Set(keys).size, keys.length]).toEqual(['paid', 1, 3]);
  });

  it('that was declined is followed by one under another key', async () => {
    const error = problem(402, 'PAYMENT_DECLINED');
    const { start, read, keys, values } = openPayment(error);
    await start(request);
    expect([read().payment, values.size]).toEqual([{ step: 'refused', error }, 0]);
    await start(request);
    expect([read().payment.step, new Set(keys).size]).toEqual(['paid', 2]);
  });

  it('that a reload interrupted goes on under its key', async () => {
    const { start, values, keys, parts } = openPayment(order);
    void start(request);
    expect(values.size).toBe(1);
    const after = createPayment(parts);
    after.resume();
    await new Promise(setImmediate);
    expect([after.read().payment.step, new Set(keys).size]).toEqual(['paid', 1]);
  });
});
