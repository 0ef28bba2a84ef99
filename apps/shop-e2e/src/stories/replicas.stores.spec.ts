import { closeSharedFleet } from '../support/fleet';

afterAll(closeSharedFleet);

/** Stories of a store that has two processes of each service. */
describe.each(['many-buyers', 'rolling-restart'])('%s:', (story) => {
  require(`./${story}.story`);
});
