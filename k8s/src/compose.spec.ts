import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { parse } from 'yaml';
import manifest from '../../services.json';
import { services } from './manifests/objects';
import { loadSchema } from './manifests/service-settings';

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly environment: Record<string, string>;
        readonly depends_on: Record<string, object>;
        readonly volumes: readonly string[];
      }
    >
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

it.each(services.filter((name) => manifest[name].database))(
  'docker/compose.yaml starts %s after its migration, and each with the role and secrets that it has',
  (name) => {
    const [service, migration] = [compose.services[name], compose.services[`migrate-${name}`]];
    expect(getAllBefore(name)).toContain(`migrate-${name}`);
    expect(new URL(service?.environment.DATABASE_URL ?? '').username).toBe(name);
    expect(new URL(migration?.environment.MIGRATION_DATABASE_URL ?? '').username).toBe(`${name}_owner`);
    expect(service?.volumes).toContainEqual(expect.stringMatching(`^./.secrets/${name}:`));
    for (const { volumes } of [service, migration].flatMap((each) => each ?? [])) {
      for (const volume of volumes) expect(volume).toMatch(new RegExp(`^\\./\\.secrets/${name}(-migration)?:`));
    }
  },
);

function getAllBefore(name: string): string[] {
  return Object.keys(compose.services[name]?.depends_on ?? {}).flatMap((before) => [before, ...getAllBefore(before)]);
}
