import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The Secrets that README.md tells people to make, with their keys. */
export function documentedSecrets(): Map<string, readonly string[]> {
  const rows = [...readme().matchAll(/^\| `([a-z-]+)` +\| ([^|]+) \|/gm)];
  return new Map(
    rows.map(([, name = '', keys = '']) => [name, [...keys.matchAll(/`([^`]+)`/g)].map(([, key = '']) => key)]),
  );
}

/** The commands by which README.md has people make them. */
export function secretCommands(): string {
  const [, commands] = /^## Secrets$.*?^```sh\n(.*?)^```$/ms.exec(readme()) ?? [];
  if (!commands) throw new Error('README.md has no commands that make Secrets.');
  return commands;
}

/** The object that README.md shows for the External Secrets Operator. */
export function externalSecret(): unknown {
  const [, yaml] = /^## Secrets$.*?^```yaml\n(.*?)^```$/ms.exec(readme()) ?? [];
  if (!yaml) throw new Error('README.md has no example for the External Secrets Operator.');
  return parse(yaml);
}

function readme(): string {
  return readFileSync(join(__dirname, '../../README.md'), 'utf8');
}
