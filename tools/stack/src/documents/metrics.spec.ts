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
