import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { until } from '@badger-store/test-kit';

export interface MonitoredCommand {
  /** When Redis ran it, in ms of its own clock. */
  readonly at: number;
  readonly words: readonly string[];
}

export interface Monitored {
  /** The commands that clients sent while `run` ran; what scripts do inside Redis is none. */
  during(run: () => Promise<unknown>): Promise<MonitoredCommand[]>;
  stop(): void;
}

/**
 * Watches a Redis by `MONITOR`. On plain connections: ioredis takes commands that are told together with the answer to MONITOR itself for
 * answers that nobody asked for, which happens while others are busy.
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
  await until('Redis tells what it does', () => isWatching);

  let marks = 0;
  /** Resolves when MONITOR has told all that came before. */
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
  // What was to be seen and was not is told by whoever waits for it.
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
