import { Redis } from 'ioredis';

export interface Traffic {
  /** What Redis received from all its clients, and what it sent to them, in bytes. */
  readonly received: number;
  readonly sent: number;
}

/** What went over a Redis's connections while `run` ran; the question itself adds some 3 KB. Not beside a `monitor`. */
export async function trafficDuring(url: string, run: () => Promise<unknown>): Promise<Traffic> {
  const redis = new Redis(url);
  try {
    const before = await getTraffic(redis);
    await run();
    const after = await getTraffic(redis);
    return { received: after.received - before.received, sent: after.sent - before.sent };
  } finally {
    redis.disconnect();
  }
}

async function getTraffic(redis: Redis): Promise<Traffic> {
  const stats = await redis.info('stats');
  const count = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(stats)?.[1]);
  return { received: count('total_net_input_bytes'), sent: count('total_net_output_bytes') };
}
