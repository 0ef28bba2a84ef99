import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@badger-store/test-kit';
import { createOutlierDetection } from './outlier-detection';

const fast = { consecutiveFailures: 3, baseEjectionMs: 40, maxEjectionMs: 80 };
const alive = () => Promise.resolve(true);

it('an address is ejected after consecutive failures', () => {
  const outlier = createOutlierDetection(alive, fast);
  for (const step of ['failed', 'failed', 'succeeded', 'failed', 'failed'] as const) outlier[step]();
  expect(outlier.admits()).toBe(true);
  outlier.failed();
  expect(outlier.admits()).toBe(false);
});

it('an ejected address is probed once each ejection time and admits no request while probes fail', async () => {
  let probes = 0;
  const outlier = createOutlierDetection(() => Promise.resolve((probes += 1) < 0), fast);
  outlier.eject();
  await until('two probes have failed', () => {
    expect(outlier.admits()).toBe(false);
    return probes === 2;
  });
});

it('an address admits one request after a successful probe, and all requests after its response', async () => {
  const outlier = createOutlierDetection(alive, fast);
  outlier.eject();
  await until('a request is admitted', () => outlier.admits());
  expect(outlier.admits()).toBe(false);
  outlier.succeeded();
  expect([outlier.admits(), outlier.admits()]).toEqual([true, true]);
});

it('an address is ejected again when the request after a successful probe fails, or ends without a decision', async () => {
  const outlier = createOutlierDetection(alive, fast);
  outlier.eject();
  await until('a request is admitted', () => outlier.admits());
  outlier.failed();
  expect(outlier.admits()).toBe(false);
  await until('another request is admitted', () => outlier.admits());
  await until('one more request is admitted', () => outlier.admits());
});

it('the first probe comes after the base ejection time when many requests fail at once', async () => {
  const outlier = createOutlierDetection(alive, { consecutiveFailures: 3, baseEjectionMs: 40, maxEjectionMs: 60_000 });
  for (let n = 0; n < 50; n += 1) outlier.failed();
  expect(outlier.admits()).toBe(false);
  await sleep(60);
  await until('a request is admitted', () => outlier.admits(), 2000);
});
