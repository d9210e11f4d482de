import { pino, stdTimeFunctions } from 'pino';
import type { DestinationStream, LevelWithSilent, Logger } from 'pino';
import { currentTraceId } from './trace.ts';

export type { Logger } from 'pino';

const secrets = [
  'authorization',
  'cookie',
  '["set-cookie"]',
  '["idempotency-key"]',
  'idempotencyKey',
  'token',
  'accessToken',
];

/** A field, the same one level down, and in the headers of what is logged: deeper, log less. */
const redactedPaths = secrets.flatMap((name) => {
  const member = name.startsWith('[') ? name : `.${name}`;
  return [name, `*${member}`, `*.headers${member}`];
});

/**
 * A logger of JSON lines. Default: to stdout. Each line has the `traceId` of the trace it was written
 * in. Fields that carry credentials or idempotency keys are redacted by name.
 */
export function createLogger(options: {
  name: string;
  level: LevelWithSilent;
  destination?: DestinationStream;
}): Logger {
  const { name, level, destination } = options;
  return pino(
    {
      level,
      base: { name },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: redactedPaths,
      mixin: () => {
        const traceId = currentTraceId();
        return traceId === undefined ? {} : { traceId };
      },
    },
    destination ?? pino.destination(1),
  );
}
