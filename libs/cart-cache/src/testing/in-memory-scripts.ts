import type { Script } from '@badger-store/redis-kit';
import { CartVersionConflictError } from '../cart-errors';
import type { CartKeys } from '../cart-keys';
import * as scripts from '../scripts';
import type { InMemoryCartStore } from './in-memory-cart-store';
import { createCartScripts } from './in-memory-cart-scripts';
import { createCheckoutScripts } from './in-memory-checkout-scripts';
import { createTransferScripts } from './in-memory-transfer-scripts';

/** What each script does, in memory. The compiler names a script that is missing. */
export type InMemoryScripts = {
  readonly [Name in keyof typeof scripts]: (typeof scripts)[Name] extends Script<infer Input, infer Output>
    ? (input: Input) => Output
    : never;
};

type RunInMemory = <Input, Output>(script: Script<Input, Output>, input: Input) => Output;

/** Runs a script in memory. Each is synchronous, hence atomic, as a script in Redis is. */
export function createInMemoryScripts(store: InMemoryCartStore): RunInMemory {
  const inMemory: InMemoryScripts = {
    ...createCartScripts(store),
    ...createCheckoutScripts(store),
    ...createTransferScripts(store),
  };
  const runs = new Map<unknown, unknown>(
    Object.entries(inMemory).map(([name, run]) => [scripts[name as keyof typeof scripts], run]),
  );
  return (script, input) => (runs.get(script) as (given: typeof input) => ReturnType<typeof script.decode>)(input);
}

/** Throws where the cart is not the one that the caller expects. */
export function assertVersion(store: InMemoryCartStore, keys: CartKeys, expected: string): void {
  if (expected !== '' && expected !== store.toCart(keys.cart).version) throw new CartVersionConflictError();
}

/** 'null' removes the data, '' keeps it. */
export function chooseData(newData: string, oldData: string): string {
  if (newData === '') return oldData;
  return newData === 'null' ? '' : newData;
}
