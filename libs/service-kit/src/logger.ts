import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino';

const secrets = ['authorization', 'cookie', 'set-cookie', 'x-api-key', 'password', 'refreshToken', 'userToken'];
/** Deeper than any logged object, such as the headers of a response in an error's cause. */
const maxDepth = 4;

/** In the notation of pino's `redact`. */
const secretPaths = Array.from({ length: maxDepth + 1 }, (_, depth) =>
  secrets.map((name) => `${Array.from({ length: depth }, () => '*').join('.')}["${name}"]`),
).flat();

/** Writes JSON lines to standard output. Omits the properties that drivers add to errors (statements, parameters), and secrets by name. */
export function createLogger(service: string, level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secretPaths, censor: '[secret]' },
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: {
      err: (error: unknown) => {
        if (!(error instanceof Error)) return String(error);
        const { type, message, stack } = stdSerializers.err(error);
        return { type, message, stack };
      },
    },
  };
  return pino(options, destination ?? createStandardOutput());
}

/** Buffers lines, because a write for each line costs CPU. SIGKILL loses the last 100 ms. An unread log must not stop the service. */
const createStandardOutput = () =>
  pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 100, maxLength: 8 * 1024 * 1024 });
