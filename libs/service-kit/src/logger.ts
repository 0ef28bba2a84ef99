import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino';

const secrets = ['authorization', 'cookie', 'set-cookie', 'x-api-key', 'password', 'refreshToken', 'userToken'];
/** Deeper than anything that is logged: an answer's headers in an error's cause in a field. */
const deepest = 4;

/** Paths of the secrets at the top and inside of other objects, in the notation of pino's `redact`. */
const secretPaths = Array.from({ length: deepest + 1 }, (_, depth) =>
  secrets.map((name) => `${Array.from({ length: depth }, () => '*').join('.')}["${name}"]`),
).flat();

/** Lines wait this long for others, so that a busy service writes many at once; those of the last moment are lost to SIGKILL alone. */
const flushMs = 100;
const bytesAtOnce = 4096;
/** Of lines that whoever reads standard output does not take; more are left out, for a log must not stop a service. */
const mostWaitingBytes = 8 * 1024 * 1024;

/**
 * JSON lines on standard output. An error is logged without the properties that drivers hang on it (statements, parameters), and
 * what bears the name of a secret is left out.
 */
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
  return pino(options, destination ?? standardOutput());
}

const standardOutput = () =>
  pino.destination({
    dest: 1,
    sync: false,
    minLength: bytesAtOnce,
    periodicFlush: flushMs,
    maxLength: mostWaitingBytes,
  });
