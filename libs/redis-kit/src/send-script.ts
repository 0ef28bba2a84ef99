import { Command } from 'ioredis';
import type { Attempt } from './redis-call';
import type { Destination } from './redis-routes';
import type { LoadedScript, Script } from './script';

/** A script with all that one call gives to it. */
export interface ScriptCall {
  readonly script: Pick<Script<never, unknown>, 'changes'>;
  readonly loaded: LoadedScript;
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
}

/** `asking`: the slot is on its way to this server, which serves it to those who say that they were sent. */
export function sendScript(
  { link: { redis, clock, writeTogether }, asking }: Destination,
  { script, loaded, keys, args }: ScriptCall,
  attempt: Attempt,
  how: 'evalsha' | 'eval' = 'evalsha',
): Promise<unknown> {
  const head = [how === 'eval' ? loaded.text : loaded.sha, keys.length, ...keys];
  const send = (words: (string | number)[]): Promise<unknown> => {
    attempt.sending();
    writeTogether();
    // Written one after the other, so that the one is about the other; what is wrong with it the script's own answer says.
    if (asking) redis.asking().catch(() => undefined);
    return redis.sendCommand(new Command(how, words, { replyEncoding: 'utf8' })) as Promise<unknown>;
  };
  if (!script.changes) return send([...head, ...args]);
  const ahead = clock.ahead();
  const sendTimely = (aheadMs: number) => send([...head, Math.floor(attempt.until + aheadMs), ...args]);
  return typeof ahead === 'number' ? sendTimely(ahead) : ahead.then(sendTimely);
}
