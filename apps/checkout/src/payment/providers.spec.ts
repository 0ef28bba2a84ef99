import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { paymentMethods } from '@badger-store/store-api';

const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');

describe.each(paymentMethods)('the payment method %s', (method) => {
  it('keeps the payment contract', () => {
    const specs = ['spec', 'int.spec']
      .map((kind) => join(__dirname, `${method}-provider.${kind}.ts`))
      .filter(existsSync);
    expect(specs.map((spec) => readFileSync(spec, 'utf8')).join()).toContain('itKeepsThePaymentContract(');
  });

  it('is described in the README', () => {
    expect(readme).toContain(`**\`${method}\`**`);
  });
});
