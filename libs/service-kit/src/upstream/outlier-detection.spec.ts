import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@badger-store/test-kit';
import { createOutlierDetection } from './outlier-detection';

const fast = { consecutiveFailures: 3, baseEjectionMs: 40, maxEjectionMs: 80 };

it('an address is ejected after consecutive failures', () => {
  const outlier = createOutlierDetection(fast);
  for (const step of ['failed', 'failed', 'succeeded', 'failed', 'failed'] as const) outlier[step]();
  expect(outlier.admits()).toBe(true);
  outlier.failed();
  expect(outlier.admits()).toBe(false);
});

it('an ejected address gets one probe each ejection time, and all requests after a successful probe', async () => {
  const outlier = createOutlierDetection(fast);
  for (let n = 0; n < 3; n += 1) outlier.failed();
  await sleep(60);
  expect([outlier.admits(), outlier.admits()]).toEqual([true, false]);
  outlier.failed();
  expect(outlier.admits()).toBe(false);
  await sleep(100);
  expect(outlier.admits()).toBe(true);
  outlier.succeeded();
  expect([outlier.admits(), outlier.admits()]).toEqual([true, true]);
});

it('the first probe comes after the base ejection time when many requests fail at once', async () => {
  const outlier = createOutlierDetection({ consecutiveFailures: 3, baseEjectionMs: 40, maxEjectionMs: 60_000 });
  for (let n = 0; n < 50; n += 1) outlier.failed();
  expect(outlier.admits()).toBe(false);
  await until('a probe is let through', () => outlier.admits(), 2000);
});
