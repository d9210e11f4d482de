import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';

/** Attributes of a span, by OpenTelemetry's semantic conventions; undefined ones are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

export interface SpanOptions {
  readonly kind: 'server' | 'consumer' | 'producer';
  /** The W3C traceparent to continue. If it is missing or malformed, the span starts a new trace. */
  readonly parent: string | undefined;
  readonly attributes: Attributes;
}

/** A unit of work in a trace. */
export interface Span {
  /** W3C traceparent of the span, which child spans continue. */
  readonly traceparent: string;
  /** Ends the span; call it once. The attribute `error.type` marks the span as failed. */
  end(attributes?: Attributes): void;
}

/** Starts spans, and decides whether they are recorded. */
export interface Tracer {
  start(name: string, options: SpanOptions): Span;
}

/** A tracer that records nothing, but propagates trace context to logs and downstream services. */
export const noopTracer: Tracer = {
  start: (_name, { parent }) => ({ traceparent: continueTrace(parent), end: () => undefined }),
};

const storage = new AsyncLocalStorage<string>();

const traceparentPattern =
  /^(?!ff)[\da-f]{2}-(?<traceId>(?!0{32})[\da-f]{32})-(?<spanId>(?!0{16})[\da-f]{16})-(?<flags>[\da-f]{2})(?<more>-.*)?$/;

/** Runs `fn` within a span: its logs, writes and messages carry the trace context of the span. */
export function inSpan<T>({ traceparent }: Pick<Span, 'traceparent'>, fn: () => T): T {
  return storage.run(traceparent, fn);
}

/**
 * Runs `fn` in the trace of `traceparent`, as a new span that is not recorded; in a new trace if `traceparent` is missing
 * or not a well-formed W3C traceparent.
 */
export function runWithTrace<T>(traceparent: string | undefined, fn: () => T): T {
  return storage.run(continueTrace(traceparent), fn);
}

/** W3C traceparent of the current span, to propagate. Outside of a trace, each call returns that of a new trace. */
export function currentTraceparent(): string {
  return storage.getStore() ?? continueTrace(undefined);
}

/** W3C traceparent of the current span, to store with an item; undefined outside of a trace. */
export function activeTraceparent(): string | undefined {
  return storage.getStore();
}

/** Id of the current trace, for logs. */
export function currentTraceId(): string | undefined {
  return storage.getStore()?.slice(3, 35);
}

/** Parses a W3C traceparent; undefined if it is malformed. */
export function parseTraceparent(
  traceparent = '',
): { readonly traceId: string; readonly spanId: string; readonly sampled: boolean } | undefined {
  const { traceId, spanId, flags, more } = traceparentPattern.exec(traceparent)?.groups ?? {};
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  // Version 00 has exactly four fields. Later versions may have more, which must be ignored.
  if (more !== undefined && traceparent.startsWith('00')) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent(span: { traceId: string; spanId: string; sampled: boolean }): string {
  return `00-${span.traceId}-${span.spanId}-${span.sampled ? '01' : '00'}`;
}

function continueTrace(traceparent: string | undefined): string {
  const { traceId, sampled } = parseTraceparent(traceparent) ?? { traceId: randomId(16), sampled: true };
  return formatTraceparent({ traceId, spanId: randomId(8), sampled });
}

/** Buffer of random bytes: a call to the system costs the same for few bytes as for many. */
const entropy = Buffer.allocUnsafe(4_096);
let offset = entropy.length;

function randomId(bytes: number): string {
  if (offset + bytes > entropy.length) {
    randomFillSync(entropy);
    offset = 0;
  }
  const id = entropy.toString('hex', offset, (offset += bytes));
  return /[^0]/.test(id) ? id : randomId(bytes);
}
