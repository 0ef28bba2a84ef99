import { closeSharedShop } from '../support/shop';

afterAll(closeSharedShop);

/** Stories that need no settings of their own and stop no service: starting a store takes longer than each of them. */
describe.each([
  'documented-examples',
  'accounts',
  'attacks',
  'hostile-input',
  'text',
  'shopping',
  'http-rules',
  'revocations',
  'guest-purchase',
])('%s:', (story) => {
  require(`./${story}.story`);
});
