import { createHash } from 'node:crypto';
import type { ClockOffset } from '../connection/clock-offset';
import deadlineGuard from './deadline.lua';
import onceAfter from './once-after.lua';
import onceBefore from './once-before.lua';
import type { Args, RoutedCommand } from './send';
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

/** One run of a script, which may take several commands until a server runs it. */
export class ScriptRun implements RoutedCommand {
  private isLoaded = true;
  private hasExceededDeadline = false;

  constructor(
    private readonly script: LoadedScript,
    private readonly keys: readonly string[],
    private readonly args: Args,
  ) {}

  get key(): string | undefined {
    return this.keys[0];
  }

  toCommand(clock: ClockOffset, deadline: number): Args | Promise<Args> {
    const { script, keys, args } = this;
    const head = this.isLoaded ? ['evalsha', script.sha] : ['eval', script.text];
    if (!script.changes) return [...head, keys.length, ...keys, ...args];
    const withDeadline = (offset: number) => [...head, keys.length, ...keys, Math.floor(deadline + offset), ...args];
    const offset = clock.get();
    return typeof offset === 'number' ? withDeadline(offset) : offset.then(withDeadline);
  }

  adapt({ message }: Error, clock: ClockOffset): boolean {
    if (message.startsWith('NOSCRIPT')) {
      this.isLoaded = false;
      return true;
    }
    if (!message.startsWith('DEADLINE_EXCEEDED')) return false;
    // The caller still waits, so the clock of the server has jumped. It is read again once.
    clock.forget();
    const isFirst = !this.hasExceededDeadline;
    this.hasExceededDeadline = true;
    return isFirst;
  }
}
