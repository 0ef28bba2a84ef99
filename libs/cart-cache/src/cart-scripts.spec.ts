import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Script } from '@badger-store/redis-kit';
import * as scripts from './cart-scripts';

const limits = { maxLines: 1, maxQuantity: 1 };
const record = { checkoutId: 'c', incarnation: 'i', items: [{ id: 'a', quantity: 1 }] };
const input = {
  ...{ userToken: 'someone', id: 'a', quantity: 1, items: record.items, limits, ttlMs: 1, newIncarnation: 'i' },
  ...{
    operationId: 'o',
    operations: { lifeMs: 1, most: 1 },
    mergeId: 'm',
    intoToken: 'other',
    lifeMs: 1,
    rule: 'sum' as const,
    operationUses: ['o', '1 a 1'],
    operationLifeMs: 1,
  },
  ...{ checkoutId: 'c', attemptId: 'a', leaseMs: 1, keepMs: 1, openCheckout: record, done: record },
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

  it('gets every key that it touches through KEYS, and all of them lie in the cart’s slot', () => {
    expect(Math.max(...used(script.lua, 'KEYS'))).toBe(keys.length);
    expect(keys.every((key) => key.startsWith('{someone}_cart'))).toBe(true);
    expect(script.lua).not.toMatch(/redis\.call\('[A-Z]+', '/);
  });

  it('gets every argument that it reads', () => {
    const beforeArgs = script.changes ? 1 : 0;
    expect(Math.max(beforeArgs, ...used(script.lua, 'ARGV'))).toBeLessThanOrEqual(args.length + beforeArgs);
    expect(used(script.lua, 'ARGV').every((n) => n > beforeArgs)).toBe(true);
  });
});

it('every Lua file is a script', () => {
  const files = readdirSync(join(__dirname, 'lua')).filter((file) => file.endsWith('.lua'));
  expect(files.sort()).toEqual([...new Set(all.map(({ name }) => `${name}.lua`))].sort());
});
