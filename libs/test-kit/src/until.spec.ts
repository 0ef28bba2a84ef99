import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { until } from './until';
import { untilReady } from './until-ready';

it('until names what its condition missed last when the time is up', async () => {
  let polls = 0;
  const condition = () => `poll ${(polls += 1)} found nothing`;
  await expect(until('something is found', condition, 0)).rejects.toThrow(/^Not within 0 ms: poll \d+ found nothing$/);
  await expect(until('something is found', () => false, 0)).rejects.toThrow('Not within 0 ms: something is found');
});

it('untilReady names the dependencies that are down when the time is up', async () => {
  const dependencies = { inventory: 'down', redis: 'up', postgres: 'read-only' };
  const server = createServer((_req, res) => res.end(JSON.stringify({ status: 'serving', dependencies })));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await expect(untilReady('gateway', url, { timeoutMs: 50 })).rejects.toThrow(
    'gateway /readyz: inventory down, postgres read-only',
  );
  await untilReady('gateway', url, { without: ['inventory', 'postgres'] });
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  await expect(untilReady('gateway', url, { timeoutMs: 50 })).rejects.toThrow(
    /gateway \/readyz: .*(ECONN|socket|fetch)/,
  );
});
