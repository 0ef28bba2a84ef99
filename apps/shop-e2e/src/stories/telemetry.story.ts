import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { serviceNames, type ServiceName } from '@badger-store/stack';
import { until } from '@badger-store/test-kit';
import { newGuest, send } from '../support/customer';
import { openEncryptedShop, type EncryptedShop, type Span } from '../support/encrypted-shop';

let shop: EncryptedShop;
beforeAll(async () => {
  shop = await openEncryptedShop();
}, 120_000);

const item = 'badger-enamel-mug';
const getSpans = (traceId: string | undefined) => shop.spans.filter((span) => span.traceId === traceId);

it('a checkout is one trace, from the gateway to every service, step and database that took part', async () => {
  const guest = await newGuest(shop.url);
  await guest.add(item);
  const stranger = '0af7651916cd43dd8448eb211c80319c';
  const { status } = await guest.send(
    'PATCH',
    '/Cart/checkout',
    { payment: { method: 'test', token: 'approve' } },
    { origin: shop.url, traceparent: `00-${stranger}-b7ad6b7169203331-01` },
  );
  expect(status).toBe(200);
  const isCheckout = ({ service, name }: Span) => service === 'gateway' && name === 'PATCH /Cart/checkout';
  await until('the gateway has exported its span', () => shop.spans.some(isCheckout), 15_000);
  const root = shop.spans.find(isCheckout);
  const named = () => getSpans(root?.traceId).map(({ service, name }) => `${service}: ${name}`);
  await until('checkout has exported its span', () => named().includes('checkout: PATCH /Cart/checkout'), 15_000);
  await until(
    'inventory has exported its span',
    () => named().some((name) => name.startsWith('inventory: PUT')),
    15_000,
  );

  // The gateway ignores the traceparent of an untrusted client.
  expect(root?.parentSpanId ?? '').toBe('');
  expect(getSpans(stranger)).toEqual([]);
  expect(named()).toEqual(
    expect.arrayContaining([
      'inventory: GET /inventory/items',
      'inventory: PUT /internal/reservations/:checkoutId',
      'inventory: select',
      'checkout: acquire',
      'checkout: complete',
      'checkout: confirm_payment',
      'checkout: with',
    ]),
  );
  const ids = new Set(getSpans(root?.traceId).map(({ spanId }) => spanId));
  const orphans = getSpans(root?.traceId).filter((span) => span !== root && !ids.has(span.parentSpanId ?? ''));
  expect(orphans).toEqual([]);
});

async function getMetrics(service: ServiceName): Promise<string> {
  const { body } = await send(shop.serviceUrls[service], 'GET', '/metrics');
  return String((body as { text?: string }).text);
}
const metricsOfAll = () => Promise.all(serviceNames.map(getMetrics));

it('the metrics of each service count its requests, its Redis and PostgreSQL calls and its own work', async () => {
  const [gateway, inventory, checkout] = await metricsOfAll();
  expect(gateway).toMatch(
    /http_request_duration_seconds_count\{method="PATCH",route="\/Cart\/checkout",status="200"\} 1/,
  );
  expect(inventory).toMatch(/redis_call_duration_seconds_count\{command="add",outcome="ok"\} 1/);
  expect(inventory).toMatch(/stock_calls_total\{call="reserve",outcome="ok"\} 1/);
  expect(checkout).toMatch(/checkout_step_duration_seconds_count\{step="confirm_payment",outcome="ok"\} 1/);
  expect(checkout).toMatch(/checkouts_total\{outcome="paid"\} 1/);
  expect(checkout).toMatch(/postgres_query_duration_seconds_count\{command="insert",outcome="ok"\} \d+/);
  for (const text of [gateway, inventory, checkout]) {
    expect(text).toMatch(/redis_up 1/);
    expect(text).toMatch(/nodejs_eventloop_lag_p99_seconds/);
    expect(text).not.toContain(item);
  }
});

it('each metric and label that the dashboard and the alerts query is exported', async () => {
  const folder = resolve(__dirname, '../../../../k8s/components/monitoring');
  const alerts = readFileSync(join(folder, 'alerts.yaml'), 'utf8');
  const { panels } = JSON.parse(readFileSync(join(folder, 'store.json'), 'utf8')) as {
    panels: { targets?: { expr: string; legendFormat: string }[] }[];
  };
  const targets = panels.flatMap((panel) => panel.targets ?? []);
  const asked = new Map<string, Set<string>>();
  for (const [, metric, matchers] of [alerts, ...targets.map(({ expr }) => expr)]
    .join('\n')
    .matchAll(/([a-z_0-9]+)\{([^}]*)\}/g)) {
    const labels = [...(matchers ?? '').matchAll(/(\w+)[!=]~?"/g)].map(([, label]) => label ?? '');
    // Those of CloudNativePG come from its operator.
    if (metric?.startsWith('cnpg_')) continue;
    asked.set(metric ?? '', new Set([...(asked.get(metric ?? '') ?? []), ...labels]));
  }
  const ofPrometheus = ['up', 'job', 'pod', 'instance'];
  expect(asked.size).toBeGreaterThan(10);

  const samples = (await metricsOfAll()).join('\n').split('\n');
  const missing = [...asked].flatMap(([metric, labels]) => {
    const found = samples.filter((sample) => sample.startsWith(`${metric} `) || sample.startsWith(`${metric}{`));
    const unknown = [...labels].filter((label) => !found.some((sample) => sample.includes(`${label}="`)));
    return (found.length > 0 ? unknown.map((label) => `${metric}{${label}}`) : [metric]).filter(
      (name) => !ofPrometheus.some((known) => name === known || name.endsWith(`{${known}}`)),
    );
  });
  expect(missing).toEqual([]);
});
