import { closeSharedShop } from '../support/shop';

afterAll(closeSharedShop);

/** Those that need no settings and stop no service: starting a store takes longer than each of them. */
describe.each(['documented-examples', 'accounts', 'attacks', 'hostile-input', 'text'])('%s:', (story) => {
  require(`./${story}.story`);
});
