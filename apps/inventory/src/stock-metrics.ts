import { Counter, type Registry } from 'prom-client';
import type { Stock } from './domain/stock';

/** Counts the calls by outcome: `ok`, or the code of the problem, such as `OUT_OF_STOCK`. */
export function countReservations(registry: Registry, stock: Stock): Stock {
  const calls = new Counter({
    name: 'stock_calls_total',
    help: 'Reservations, commits and releases of stock, by outcome',
    labelNames: ['call', 'outcome'],
    registers: [registry],
  });
  const counted = async <Result>(call: string, work: () => Promise<Result>): Promise<Result> => {
    let outcome = 'ok';
    try {
      return await work();
    } catch (error) {
      outcome = (error as { code?: string }).code ?? 'INTERNAL';
      throw error;
    } finally {
      calls.inc({ call, outcome });
    }
  };
  return {
    reserve: (...args) => counted('reserve', () => stock.reserve(...args)),
    commit: (id) => counted('commit', () => stock.commit(id)),
    release: (id) => counted('release', () => stock.release(id)),
  };
}
