import { createHash } from 'node:crypto';
import deadlineGuard from './deadline.lua';
import onceAfter from './once-after.lua';
import onceBefore from './once-before.lua';
import versionGuard from './version.lua';

/** A Lua script with the TypeScript side of its header: what goes in through KEYS and ARGV, and what its reply means. */
export interface Script<Input, Output> {
  readonly name: string;
  readonly lua: string;
  /** A script that changes anything gets its deadline as ARGV[1], in ms of Redis's clock, and does nothing past it. */
  readonly changes: boolean;
  encode(input: Input): { keys: readonly string[]; args: readonly (string | number)[] };
  /** Throws the error that a negative reply code stands for. */
  decode(reply: unknown, input: Input): Output;
}

/** The text that Redis runs for a script, and its SHA-1, by which EVALSHA names it. */
export interface LoadedScript {
  readonly text: string;
  readonly sha: string;
  readonly changes: boolean;
}

/**
 * Hashes each script once; it keeps as many entries as the program has scripts. With `once`, a changing script takes one more key,
 * its last one, and runs once for that key.
 */
export function createScriptLoader({
  once,
}: {
  readonly once: boolean;
}): (script: Script<never, unknown>) => LoadedScript {
  const loaded = new WeakMap<object, LoadedScript>();
  return (script) => {
    const known = loaded.get(script);
    if (known) return known;
    const { changes, lua } = script;
    const body = changes && once ? onceBefore + lua + onceAfter : lua;
    const text = versionGuard + (changes ? deadlineGuard : '') + body;
    const fresh = { text, sha: createHash('sha1').update(text).digest('hex'), changes };
    loaded.set(script, fresh);
    return fresh;
  };
}
