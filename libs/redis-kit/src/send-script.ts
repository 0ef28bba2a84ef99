import type { Attempt } from './redis-call';
import type { RedisLink } from './redis-link';

/** A script with all that one call gives to it. */
export interface ScriptCall {
  readonly text: string;
  readonly sha: string;
  readonly changes: boolean;
  readonly readOnly?: boolean;
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
}

/** `asking`: the slot is on its way to this server, which serves it to those who say that they were sent. */
export async function sendScript(
  { redis, clock }: RedisLink,
  { text, sha, changes, readOnly, keys, args }: ScriptCall,
  attempt: Attempt,
  asking: boolean,
): Promise<unknown> {
  const argv = changes ? [await clock.notAfter(attempt.until), ...args] : args;
  const send = (how: 'evalsha' | 'eval', script: string): Promise<unknown> => {
    attempt.sending();
    const command = readOnly ? (`${how}_ro` as const) : how;
    const rest = [script, keys.length, ...keys, ...argv] as const;
    return asking
      ? onlyReply(
          redis
            .pipeline()
            .asking()
            [command](...rest)
            .exec(),
        )
      : redis[command](...rest);
  };
  try {
    return await send('evalsha', sha).catch((error: Error) => {
      if (!error.message.startsWith('NOSCRIPT')) throw error;
      attempt.refused();
      return send('eval', text);
    });
  } catch (error) {
    if ((error as Error).message.startsWith('LATE')) clock.forget();
    throw error;
  }
}

async function onlyReply(pipeline: Promise<[Error | null, unknown][] | null>): Promise<unknown> {
  const [error, reply] = (await pipeline)?.at(-1) ?? [new Error('Connection is closed.'), undefined];
  if (error) throw error;
  return reply;
}
