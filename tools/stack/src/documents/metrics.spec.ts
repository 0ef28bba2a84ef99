import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readSources } from './sources';

const root = resolve(__dirname, '../../../..');
const document = readFileSync(join(root, 'docs/observability.md'), 'utf8');
const metrics = readSources(root).flatMap(({ text }) =>
  [...text.matchAll(/new (?:Counter|Gauge|Histogram)\(\{\s*name: '([^']+)'/g)].map(([, name]) => name as string),
);

it('the sources have metrics', () => {
  expect(metrics).toEqual(expect.arrayContaining(['http_request_duration_seconds', 'checkouts_total', 'redis_up']));
});

it.each(metrics)('docs/observability.md lists the metric %s', (name) => {
  expect(document).toContain(`\`${name}\``);
});

it('docs/observability.md lists every call of stock_calls_total', () => {
  const row = /^\| `stock_calls_total`.*$/m.exec(document)?.[0] ?? '';
  const stock = readFileSync(join(root, 'apps/inventory/src/stock-metrics.ts'), 'utf8');
  const calls = [...stock.matchAll(/counted\('(\w+)'/g)].map(([, name]) => name);
  expect(calls.length).toBeGreaterThan(1);
  expect(calls.filter((name) => !row.includes(`\`${name}\``))).toEqual([]);
});
