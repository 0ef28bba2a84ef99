import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cartOperations } from '../cart-operations';

const contract = readdirSync(__dirname)
  .filter((file) => !file.endsWith('.spec.ts'))
  .map((file) => readFileSync(join(__dirname, file), 'utf8'))
  .join('\n');

it.each(Object.keys(cartOperations))('the contract tests call the operation %s', (operation) => {
  expect(contract).toMatch(new RegExp(`\\.${operation}\\(`));
});
