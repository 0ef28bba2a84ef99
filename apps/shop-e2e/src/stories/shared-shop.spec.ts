import { isStress } from '@badger-store/test-kit';
import { closeSharedShop } from '../support/shop';

afterAll(closeSharedShop);

const stories = [
  'documented-examples',
  'accounts',
  'attacks',
  'hostile-input',
  'text',
  'shopping',
  'http-rules',
  'revocations',
  'guest-purchase',
];
/** With full counts each is a spec file of its own. */
const repeated = ['becoming-a-user', 'fuzz'];

/** Stories that need no settings of their own and stop no service: starting a store takes longer than each of them. */
describe.each(isStress ? stories : [...stories, ...repeated])('%s:', (story) => {
  require(`./${story}.story`);
});
