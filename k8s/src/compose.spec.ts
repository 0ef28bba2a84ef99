import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { parse } from 'yaml';
import manifest from '../../services.json';
import { services } from './manifests/objects';
import { loadSchema } from './manifests/service-settings';

interface Compose {
  readonly services: Readonly<
    Record<string, { readonly environment: Record<string, string>; readonly depends_on: Record<string, object> }>
  >;
}
const compose = parse(readFileSync(join(__dirname, '../../docker/compose.yaml'), 'utf8'), { merge: true }) as Compose;

it.each(services)('docker/compose.yaml sets each required setting of %s', (name) => {
  const required = Object.entries(loadSchema(name).shape).flatMap(([setting, schema]) =>
    (schema as z.ZodType).safeParse(undefined).success ? [] : [setting],
  );
  expect(required).toContain('DATABASE_URL');
  expect(required.filter((setting) => !(setting in (compose.services[name]?.environment ?? {})))).toEqual([]);
});

it.each(services)('docker/compose.yaml starts %s after the services that it forwards to', (name) => {
  const before = Object.keys(compose.services[name]?.depends_on ?? {});
  expect(before).toEqual(expect.arrayContaining([...manifest[name].forwardsTo]));
});
