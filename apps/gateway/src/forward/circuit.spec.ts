import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@badger-store/test-kit';
import { createCircuit } from './circuit';

const fast = { failuresToOpen: 3, firstPauseMs: 40, longestPauseMs: 80 };

it('a circuit opens after failures in a row, and not before', () => {
  const circuit = createCircuit(fast);
  for (const step of ['failed', 'failed', 'succeeded', 'failed', 'failed'] as const) circuit[step]();
  expect(circuit.mayTry()).toBe(true);
  circuit.failed();
  expect(circuit.mayTry()).toBe(false);
});

it('an open one lets one probe through each pause, and closes with the first that succeeds', async () => {
  const circuit = createCircuit(fast);
  for (let n = 0; n < 3; n += 1) circuit.failed();
  await sleep(60);
  expect([circuit.mayTry(), circuit.mayTry()]).toEqual([true, false]);
  circuit.failed();
  expect(circuit.mayTry()).toBe(false);
  await sleep(100);
  expect(circuit.mayTry()).toBe(true);
  circuit.succeeded();
  expect([circuit.mayTry(), circuit.mayTry()]).toEqual([true, true]);
});

it('however many requests fail at once, the first probe comes after the first pause', async () => {
  const circuit = createCircuit({ failuresToOpen: 3, firstPauseMs: 40, longestPauseMs: 60_000 });
  for (let n = 0; n < 50; n += 1) circuit.failed();
  expect(circuit.mayTry()).toBe(false);
  await until('a probe is let through', () => circuit.mayTry(), 2000);
});
