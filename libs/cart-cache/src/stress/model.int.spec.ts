import { newSeed, stressTest, scale } from '@badger-store/test-kit';
import * as fc from 'fast-check';
import { deployments, type RedisWithClients } from './clients';
import { batches, runBatches } from './concurrent-batches';
import { executed, stories } from './model-commands';
import { createInMemorySide, createRedisSide } from './model-side';

/** A story has about sixty commands. */
const numStories = scale(4, 110);
const numBatches = scale(6, 200);

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
        const sides = { model: createInMemorySide(), real: createRedisSide(redis.clients) };
        count += 1;
        try {
          await fc.asyncModelRun(() => sides, story);
        } finally {
          await Promise.all([sides.model.stop(), sides.real.stop()]);
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
