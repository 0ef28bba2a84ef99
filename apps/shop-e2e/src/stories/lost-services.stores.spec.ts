import { closeFaultyShop } from '../support/faulty-shop';

afterAll(closeFaultyShop);

/** Stories that stop, pause or spoil a part of the store, one after the other. */
describe.each(['read-only-postgres', 'killed-services', 'lost-under-load', 'rolled-back'])('%s:', (story) => {
  require(`./${story}.story`);
});
