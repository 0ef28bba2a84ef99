import type { ClockOffset } from '../connection/clock-offset';
import type { LoadedScript } from './script';
import type { Args, RoutedCommand } from './send';

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
