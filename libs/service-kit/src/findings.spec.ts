import type { RedisFinding } from '@badger-store/redis-kit';
import { Router } from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { assembleService } from './assemble-service';
import { StartError, startService } from './run-service';
import { createMetrics, observeRedis } from './telemetry/metrics';

const evicts: RedisFinding = { code: 'eviction', message: 'Redis evicts carts. Set it to noeviction.' };
const forgets: RedisFinding = { code: 'persistence', message: 'Redis has no append-only file.' };

const settings = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 0 };
function compose(
  findings: () => readonly RedisFinding[],
  more: { NODE_ENV?: string; DANGEROUSLY_ALLOW_INSECURE_SETTINGS?: boolean } = {},
) {
  const checks = { redis: () => Promise.resolve() };
  const parts = { routes: Router(), checks, findings, close: () => Promise.resolve() };
  return assembleService({ ...settings, ...more }, pino({ level: 'silent' }), parts);
}

describe('a service', () => {
  it.each(['version', 'eviction', 'database', 'unreadable'] as const)(
    'a service does not start when the finding of Redis is: %s',
    async (code) => {
      const service = compose(() => [{ code, message: 'It is wrong.' }]);
      await expect(startService(service)).rejects.toEqual(new StartError('It is wrong.'));
    },
  );

  it('a service does not start in production when Redis has no append-only file', async () => {
    await expect(startService(compose(() => [forgets], { NODE_ENV: 'production' }))).rejects.toThrow(forgets.message);
  });

  it.each([{}, { NODE_ENV: 'development' }, { NODE_ENV: 'production', DANGEROUSLY_ALLOW_INSECURE_SETTINGS: true }])(
    'a service starts without an append-only file with the settings %j',
    async (more) => {
      const running = await startService(compose(() => [forgets], more));
      await running.stop();
    },
  );

  it('/readyz reports findings that appear after the start', async () => {
    let findings: RedisFinding[] = [];
    const service = compose(() => findings);
    const running = await startService(service);
    const url = `http://127.0.0.1:${running.port}`;
    expect((await request(url).get('/readyz')).body).toEqual({ status: 'serving', dependencies: { redis: 'up' } });
    findings = [evicts, forgets];
    const { status, body } = await request(url).get('/readyz');
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'serving',
      dependencies: { redis: 'up' },
      warnings: [evicts.message, forgets.message],
    });
    await running.stop();
  });
});

it('the log and the metric redis_misconfigured report findings and their end', async () => {
  const lines: string[] = [];
  const log = pino(
    { level: 'info' },
    { write: (line: string) => void lines.push((JSON.parse(line) as { msg: string }).msg) },
  );
  const metrics = createMetrics();
  const { onEvent } = observeRedis(metrics, log);
  onEvent({ state: 'inspected', findings: [evicts] });
  expect(lines).toEqual([evicts.message]);
  expect(await metrics.metrics()).toContain('redis_misconfigured{reason="eviction"} 1');
  onEvent({ state: 'inspected', findings: [] });
  expect(lines).toHaveLength(2);
  expect(await metrics.metrics()).not.toContain('redis_misconfigured{');
});
