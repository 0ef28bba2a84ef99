import { isStress } from '@badger-store/test-kit';
import { closeSharedFleet } from '../support/fleet';

afterAll(closeSharedFleet);

/** `test:stress` has one file at a time. Beside other tests on two cores, connects of a rolling restart exceed 250 ms and 1 s. */
const stories = isStress ? ['many-buyers', 'rolling-restart'] : ['many-buyers'];

/** Stories of a store that has two processes of each service. */
describe.each(stories)('%s:', (story) => {
  require(`./${story}.story`);
});
