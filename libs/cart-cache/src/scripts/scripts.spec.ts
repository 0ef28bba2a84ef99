import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Script } from '@badger-store/redis-kit';
import { toCartKeys } from '../cart-keys';
import * as scripts from './index';
import { replyCodes } from '../lua/prelude';

const limits = { maxLines: 1, maxQuantity: 1, maxDataBytes: 1 };
const lines = [{ id: 'a', quantity: 1, data: '' }];
const record = { checkoutId: 'c', cartVersion: 'i', lines };
const outgoing = {
  transferId: 'm',
  toCart: 'other',
  rule: 'sum' as const,
  cartData: '',
  lines,
  uses: ['o', '1 a 1'],
};
const input = {
  keys: toCartKeys('', 'someone'),
  id: 'a',
  quantity: 1,
  newQuantity: 1,
  data: '',
  newLines: lines,
  limits,
  ttlMs: 1,
  newCartVersion: 'i',
  ifVersion: '',
  idempotencyKey: 'o',
  idempotencyKeys: { lifeMs: 1, max: 1 },
  idempotencyKeyLifeMs: 1,
  outgoing,
  transferId: 'm',
  toCart: 'other',
  rule: 'sum' as const,
  lineId: 'a',
  lifeMs: 1,
  putBack: [{ id: 'a', quantity: 1 }],
  checkoutId: 'c',
  attemptId: 'a',
  leaseMs: 1,
  keepMs: 1,
  openCheckout: record,
  completed: record,
};
const all = Object.values(scripts) as unknown as Script<typeof input, unknown>[];

/** The numbers that a script reads from KEYS or ARGV. */
const used = (lua: string, table: 'KEYS' | 'ARGV') =>
  [...lua.replace(/^--.*$/gm, '').matchAll(new RegExp(`${table}\\[(\\d+)\\]`, 'g'))].map(([, n]) => Number(n));

const luaFolder = join(__dirname, '../lua');

describe.each(all.map((script) => [script.name, script] as const))('the script %s', (name, script) => {
  const { keys, args } = script.encode(input);
  const file = readFileSync(join(luaFolder, `${name}.lua`), 'utf8');
  const header = file.slice(0, file.search(/^[^-]/m));
  const body = file.slice(header.length);

  it('stands in the file of its name, with a header that tells its keys, arguments and reply', () => {
    expect(script.lua).toContain(file);
    expect(header).toMatch(/^-- KEYS\[1\]/m);
    expect(header).toMatch(/^-- ARGV\[/m);
    expect(header).toMatch(/^-- reply {3}/m);
  });

  it('gets every key that it touches through KEYS, and all of them lie in the cart’s slot', () => {
    expect(Math.max(...used(script.lua, 'KEYS'))).toBe(keys.length);
    expect(keys.every((key) => key.startsWith('{someone}_cart'))).toBe(true);
    expect(script.lua).not.toMatch(/redis\.call\('[A-Z]+', '/);
  });

  it('gets every argument that it reads, and reads every argument that it gets', () => {
    const beforeArgs = script.changes ? 1 : 0;
    expect(Math.max(beforeArgs, ...used(script.lua, 'ARGV'))).toBeLessThanOrEqual(args.length + beforeArgs);
    expect(used(script.lua, 'ARGV').every((n) => n > beforeArgs)).toBe(true);
    expect(args).not.toContain(undefined);
    if (!body.includes('#ARGV')) expect(new Set(used(body, 'ARGV')).size).toBe(args.length);
  });

  it('calls helpers that stand before it', () => {
    for (const [, helper] of script.lua.matchAll(/(?<![\w.'])([a-z]+[A-Z]\w*)\(/g)) {
      expect(script.lua).toContain(`local function ${helper}(`);
    }
  });

  it('names in its header the codes that it replies, and TypeScript decodes each to what the code says', () => {
    const codes = Object.entries(replyCodes).filter(([code]) => new RegExp(`\\b${code}\\b`).test(body));
    expect([...(header.match(/\b[A-Z]{2,}(_[A-Z]+)+\b/g) ?? [])].sort()).toEqual(codes.map(([code]) => code).sort());
    for (const [code, number] of codes) {
      const decode = () => script.decode(/\{ [A-Z]+_/.test(body) ? [number] : number, input);
      if (code === 'LOCK_LOST') expect(decode()).toBeFalsy();
      else expect(decode).toThrow(expect.objectContaining({ code }));
    }
  });
});

it('every Lua file is a script', () => {
  const files = readdirSync(luaFolder).filter((file) => file.endsWith('.lua') && file !== 'prelude.lua');
  expect(files.sort()).toEqual([...new Set(all.map(({ name }) => `${name}.lua`))].sort());
});

it('INTERNALS.md describes every script', () => {
  const text = readFileSync(join(__dirname, '../../INTERNALS.md'), 'utf8');
  const described = [...text.matchAll(/^\| `([\w-]+)\.lua`/gm)].map(([, name]) => name as string);
  expect(described.sort()).toEqual([...new Set(all.map(({ name }) => name))].sort());
});
