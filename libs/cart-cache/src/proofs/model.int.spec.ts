import { newSeed, stressTest, scale } from '@badger-store/test-kit';
import * as fc from 'fast-check';
import { deployments, type RedisWithClients } from './clients';
import { batches, runBatches } from './concurrent-batches';
import { executed, stories } from './model-commands';
import { Story, World } from './model-world';

/** A story has about sixty commands. */
const numStories = scale(6, 110);
const numBatches = scale(10, 200);

describe.each(Object.entries(deployments))('on %s', (name, start) => {
  const seed = newSeed();
  let redis: RedisWithClients;
  beforeAll(async () => {
    redis = await start();
  });
  afterAll(() => redis.stop());

  stressTest(
    `Commands of three clients, interleaved, do what a plain model says (${name})`,
    async () => {
      executed.commands = 0;
      let count = 0;
      const property = fc.asyncProperty(stories, async (story) => {
        const world = new World(redis.clients);
        count += 1;
        try {
          await fc.asyncModelRun(() => ({ model: new Story(), real: world }), story);
        } finally {
          await world.end();
        }
      });
      await fc.assert(property, { numRuns: numStories, seed });
      return { commands: executed.commands, stories: count, clients: redis.clients.length, seed };
    },
    240_000,
  );

  stressTest(
    `Commands at once from three clients lose and double nothing (${name})`,
    async () => {
      let commands = 0;
      const property = fc.asyncProperty(batches, async (given) => {
        commands += await runBatches(redis.clients, given);
      });
      await fc.assert(property, { numRuns: numBatches, seed });
      return { commands, clients: redis.clients.length, seed };
    },
    240_000,
  );
});
