import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createOpenApi } from '@badger-store/store-api';

interface ObjectSchema {
  readonly properties: object;
  readonly required: readonly string[];
}

const contract = readFileSync(join(resolve(__dirname, '../../../..'), 'docs/contract.md'), 'utf8');
const schemas = createOpenApi('1.0.0').components?.schemas as unknown as Record<string, ObjectSchema>;

/** `{ id, price: { amount }, lines: [{ id }], guest?: … }` has the members `id`, `price`, `lines` and `guest?`. */
function toMembers(shape: string): string[] {
  let flat = shape.slice(1, -1);
  while (flat.includes('{')) flat = flat.replace(/\[?\{[^{}]*\}\]?/g, '');
  return flat.split(',').map((member) => (member.split(':')[0] as string).trim());
}

const getMembers = ({ properties, required }: ObjectSchema) =>
  Object.keys(properties).map((name) => (required.includes(name) ? name : `${name}?`));

it.each([
  ['Session', /A session is `(\{.*?\})`/],
  ['Item', /An \*\*item\*\* is `(\{.*?\})`/],
  ['Quote', /A \*\*quote\*\* [^`]*`[^`]*`\) is `(\{.*?\})`/],
  ['Order', /An \*\*order\*\* is `(\{.*?\})`/],
  ['OrderLine', /An \*\*order\*\* is `.*lines: \[(\{.*?\})\]/],
])('docs/contract.md names the members of the schema %s', (name, pattern) => {
  expect(toMembers(pattern.exec(contract)?.[1] ?? '')).toEqual(getMembers(schemas[name] as ObjectSchema));
});
