import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (name: string) => readFileSync(join(__dirname, '../../docs/how-to', name), 'utf8');

describe('From an empty cluster to TLS', () => {
  const page = read('production.md');

  it('has at most twenty steps, in order', () => {
    const steps = [...page.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number));
    expect(steps).toEqual(steps.map((_, index) => index + 1));
    expect(steps.length).toBeLessThanOrEqual(20);
  });

  it('installs the versions by whose schemas the manifests are checked', () => {
    const schemas = readdirSync(join(__dirname, 'manifests')).join('\n');
    expect(schemas).toContain(`gateway-api-${/gateway-api\/releases\/download\/(v[\d.]+)/.exec(page)?.[1]}.json`);
    expect(schemas).toContain(`cloudnative-pg-${/cnpg-([\d.]+)\.yaml/.exec(page)?.[1]}.json`);
  });
});
