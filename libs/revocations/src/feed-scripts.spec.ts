import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Script } from '@badger-store/redis-kit';
import * as scripts from './feed-scripts';

const input = {
  ...{ members: ['m'], lifeMs: 1, onlyMissing: true },
  ...{ epoch: 'e', score: '0', pageSize: 1, seedId: 's' },
};
const all = Object.values(scripts) as unknown as Script<typeof input, unknown>[];

/** The numbers that a script reads from KEYS or ARGV. */
const used = (lua: string, table: 'KEYS' | 'ARGV') =>
  [...lua.replace(/^--.*$/gm, '').matchAll(new RegExp(`${table}\\[(\\d+)\\]`, 'g'))].map(([, n]) => Number(n));

describe.each(all.map((script) => [script.name, script] as const))('the script %s', (name, script) => {
  const { keys, args } = script.encode(input);
  const header = script.lua.slice(0, script.lua.search(/^[^-]/m));

  it('stands in the file of its name, with a header that tells its keys, arguments and reply', () => {
    expect(readdirSync(join(__dirname, 'lua'))).toContain(`${name}.lua`);
    expect(header).toMatch(/^-- KEYS\[1\]/m);
    expect(header).toMatch(/^-- ARGV\[/m);
    expect(header).toMatch(/^-- reply {3}/m);
  });

  it('touches the feed alone, which it gets through KEYS', () => {
    expect(keys).toEqual(['{revoked}:feed']);
    expect(Math.max(...used(script.lua, 'KEYS'))).toBe(1);
    expect(script.lua).not.toMatch(/redis\.call\('Z[A-Z]+', '/);
  });

  it('gets every argument that it reads', () => {
    const beforeArgs = script.changes ? 1 : 0;
    expect(Math.max(beforeArgs, ...used(script.lua, 'ARGV'))).toBeLessThanOrEqual(args.length + beforeArgs);
    expect(used(script.lua, 'ARGV').every((n) => n > beforeArgs)).toBe(true);
  });

  it('is held to reading where it changes nothing', () => {
    expect(script.readOnly === true).toBe(!script.changes);
  });
});

it('every Lua file is a script', () => {
  expect(readdirSync(join(__dirname, 'lua')).sort()).toEqual(all.map(({ name }) => `${name}.lua`).sort());
});
