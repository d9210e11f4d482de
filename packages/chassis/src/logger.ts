import { pino, stdTimeFunctions } from 'pino';
import type { DestinationStream, LevelWithSilent, Logger } from 'pino';
import { printableLines } from './printable.ts';
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

/** Each field at the top level, one level below, and in `headers` one level below. Do not log deeper objects. */
const redactedPaths = secrets.flatMap((name) => {
  const member = name.startsWith('[') ? name : `.${name}`;
  return [name, `*${member}`, `*.headers${member}`];
});

/**
 * Creates a logger of JSON lines, to stdout by default, which may be a terminal: control and invisible characters are escaped.
 * Each line has the `traceId` of the current trace. Fields that carry credentials or idempotency keys are redacted by name.
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
      hooks: { streamWrite: printableLines },
      mixin: () => {
        const traceId = currentTraceId();
        return traceId === undefined ? {} : { traceId };
      },
    },
    destination ?? pino.destination(1),
  );
}
