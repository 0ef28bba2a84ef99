import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { readSources } from './documents/sources';
import { serviceNames, wideLimits } from './services';

const root = resolve(__dirname, '../../..');
const example = readFileSync(join(root, '.env.example'), 'utf8');
const readValue = (name: string) => new RegExp(`^#? ?${name}=(.*)$`, 'm').exec(example)?.[1] ?? '';

const settings = serviceNames.flatMap((service) => {
  const { configSchema } = require(join(root, `apps/${service}/src/config.ts`)) as { configSchema: z.ZodObject };
  return Object.entries(configSchema.shape).map(([name, schema]) => ({
    service,
    name,
    isNumber: /^\d+$/.test(readValue(name)) && !name.startsWith('DANGEROUSLY'),
    isUrl: /^(https?|rediss?|postgres):\/\//.test(readValue(name)),
    takes: (text: string) => (schema as z.ZodType).safeParse(text).success,
  }));
});
const numbers = settings.filter(({ isNumber }) => isNumber);
const urls = settings.filter(({ isUrl }) => isUrl);

it('there are numbers and URLs among the settings', () => {
  expect(numbers.length).toBeGreaterThan(20);
  expect(urls.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['JWKS_URL', 'INVENTORY_URL', 'REDIS_URL', 'DATABASE_URL', 'OTEL_EXPORTER_OTLP_ENDPOINT']),
  );
});

it.each(numbers)(
  '$name of $service is refused when it is no number in decimal digits within its range',
  ({ takes, name }) => {
    const wrong = ['NaN', 'Infinity', '-Infinity', '-1', '', ' 1', '1 ', '1e3', '0x10', 'one', '１', '9'.repeat(30)];
    expect(wrong.filter(takes)).toEqual([]);
    expect(takes(readValue(name))).toBe(true);
  },
);

/** 0 has a meaning: any free port, no waiting, no proxy, no cost, no trace. */
const mayBeZero =
  /^(PORT|ADMIN_PORT|HTTPS_PORT|DRAIN_SECONDS|TRUSTED_PROXIES|\w*AMOUNT|TAX_BASIS_POINTS|OTEL_TRACES_SAMPLER_ARG)$/;
it.each(numbers.filter(({ name }) => !mayBeZero.test(name)))(
  '$name of $service is refused when it is 0',
  ({ takes }) => {
    expect(takes('0')).toBe(false);
  },
);

it.each(urls)('$name of $service is taken when its host is an IPv6 address', ({ takes, name }) => {
  const [first = ''] = readValue(name).split(',');
  expect(takes(first.replace(/(?<=[/@])[^/@:]+(?=(:\d+)?(\/[^/]*)*$)/, '[::1]'))).toBe(true);
});

const sources = readSources(root);

/** As `config.NAME`, `['NAME']` or by destructuring. */
const isRead = (name: string) => {
  const read = new RegExp(`[.'"]${name}\\b|\\{[^{}]*\\b${name}\\b[^{}]*\\}(: \\w+)?(\\)| =(?!=))`);
  return sources.some(({ text }) => read.test(text));
};
it.each([...new Set(settings.map(({ name }) => name))])('%s is read by the code', (name) => {
  expect(isRead(name)).toBe(true);
});

describe('under load', () => {
  const limits = [...new Set(settings.map(({ name }) => name))].filter((name) => name.startsWith('RATE_LIMIT_'));

  it('npm start widens every rate limit of the gateway', () => {
    expect(Object.keys(wideLimits).sort()).toEqual(limits.sort());
  });

  it.each(['benchmarks/lib/store.mjs', 'k8s/src/cluster/store.ts'])('%s widens every rate limit', (path) => {
    const text = readFileSync(join(root, path), 'utf8');
    expect(limits.filter((name) => !text.includes(name))).toEqual([]);
  });
});
