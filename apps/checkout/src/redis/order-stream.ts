import type { RedisClient, Script } from '@badger-store/redis-kit';
import { toPublicOrder, type OrderEvent } from '../domain/order';
import publishEvents from './lua/publish-events.lua';

/** A Redis stream; each entry has one field, `event`, with the JSON of docs/order-events.md. */
export const orderStreamKey = '{orders}:events';

interface PublishInput {
  readonly events: readonly OrderEvent[];
  readonly maxLength: number;
}

export const publishScript: Script<PublishInput, void> = {
  name: 'publish-events',
  lua: publishEvents,
  changes: true,
  encode: ({ events, maxLength }) => ({ keys: [orderStreamKey], args: [maxLength, ...events.map(toJson)] }),
  decode: () => undefined,
};

/** Returns what publishes events to the stream, which keeps about `maxLength` entries. */
export const createOrderStream =
  (redis: Pick<RedisClient, 'run'>, maxLength: number) =>
  (events: readonly OrderEvent[]): Promise<void> =>
    redis.run(publishScript, { events, maxLength });

function toJson({ id, type, at, order }: OrderEvent): string {
  const { userId } = order;
  return JSON.stringify({ id, type, at: at.toISOString(), order: { userId, ...toPublicOrder(order) } });
}
