import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { until } from '@badger-store/test-kit';

export interface MonitoredCommand {
  /** When Redis ran it, in ms of its own clock. */
  readonly at: number;
  readonly words: readonly string[];
}

export interface Monitored {
  /** The commands that clients sent while `run` ran, without those that scripts called. */
  during(run: () => Promise<unknown>): Promise<MonitoredCommand[]>;
  stop(): void;
}

/**
 * Reads the commands of a Redis with `MONITOR`, over plain connections: ioredis fails when commands arrive together with the reply to
 * `MONITOR`, which happens while other clients are busy.
 */
export async function monitor(url: string): Promise<Monitored> {
  const [watcher, marker] = [openConnection(url), openConnection(url)];
  let seen: MonitoredCommand[] = [];
  let isWatching = false;
  createInterface({ input: watcher }).on('line', (line) => {
    isWatching ||= line === '+OK';
    const command = parseLine(line);
    if (command) seen.push(command);
  });
  marker.resume();
  watcher.write('MONITOR\r\n');
  await until('Redis sends its commands', () => isWatching);

  let marks = 0;
  /** Resolves when MONITOR has sent all earlier commands. */
  const mark = async () => {
    const name = `mark-${++marks}`;
    const index = () => seen.findIndex(({ words }) => words[1] === name);
    marker.write(`ECHO ${name}\r\n`);
    await until('the mark was seen', () => index() >= 0);
    return index();
  };
  return {
    async during(run) {
      await mark();
      seen = [];
      await run();
      return seen.slice(0, await mark());
    },
    stop() {
      marker.destroy();
      watcher.destroy();
    },
  };
}

function openConnection(url: string) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  // Without a connection, the `until` that waits for a command fails.
  socket.on('error', () => undefined).unref();
  return socket;
}

/** `+1339518083.107412 [0 127.0.0.1:60866] "keys" "*"`: https://redis.io/docs/latest/commands/monitor/ */
function parseLine(line: string): MonitoredCommand | undefined {
  const [, time, source, rest = ''] = /^\+(\d+\.\d+) \[\d+ ([^\]]+)\] (.*)$/.exec(line) ?? [];
  if (time === undefined || source === 'lua') return undefined;
  const words = [...rest.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = '']) => withoutEscapes(word));
  return { at: Number(time) * 1000, words };
}

const named: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b' };
const withoutEscapes = (word: string) =>
  word.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex?: string, char = '') =>
    hex === undefined ? (named[char] ?? char) : String.fromCharCode(parseInt(hex, 16)),
  );
