import { pino, stdSerializers, type Logger } from 'pino';

/** JSON lines on standard output. An error is logged without the properties that drivers hang on it (statements, parameters). */
export function createLogger(service: string, level: string): Logger {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: {
      err: (error: unknown) => {
        if (!(error instanceof Error)) return String(error);
        const { type, message, stack } = stdSerializers.err(error);
        return { type, message, stack };
      },
    },
  });
}
