import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The Secrets that README.md tells people to make, with their keys. */
export function documentedSecrets(): Map<string, readonly string[]> {
  const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| `([a-z-]+)` +\| ([^|]+) \|/gm)];
  return new Map(
    rows.map(([, name = '', keys = '']) => [name, [...keys.matchAll(/`([^`]+)`/g)].map(([, key = '']) => key)]),
  );
}
