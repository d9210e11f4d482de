import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';

/** Attributes of a span, by OpenTelemetry's semantic conventions; undefined ones are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

export interface SpanOptions {
  readonly kind: 'server' | 'consumer' | 'producer';
  /** The W3C traceparent to continue. A new trace begins where it is missing or not well-formed. */
  readonly parent: string | undefined;
  readonly attributes: Attributes;
}

/** A piece of work in a trace. */
export interface Span {
  /** Names the span, for what it causes to continue. */
  readonly traceparent: string;
  /** To be called once. An `error.type` among the attributes says that the work failed. */
  end(attributes?: Attributes): void;
}

/** Starts spans, and decides whether they are recorded. */
export interface Tracer {
  start(name: string, options: SpanOptions): Span;
}

/** A tracer that records nothing: it propagates the ids, for logs and for the services behind. */
export const unrecorded: Tracer = {
  start: (_name, { parent }) => ({ traceparent: continueTrace(parent), end: () => undefined }),
};

const storage = new AsyncLocalStorage<string>();

const traceparentPattern =
  /^(?!ff)[\da-f]{2}-(?<traceId>(?!0{32})[\da-f]{32})-(?<spanId>(?!0{16})[\da-f]{16})-(?<flags>[\da-f]{2})(?<more>-.*)?$/;

/** Runs `fn` within a span: what it logs, writes and sends carries the span's trace. */
export function inSpan<T>({ traceparent }: Pick<Span, 'traceparent'>, fn: () => T): T {
  return storage.run(traceparent, fn);
}

/**
 * Runs `fn` within a trace: the one that `traceparent` names, with a span of our own that is not recorded, or a new
 * one when it is missing or not a well-formed W3C traceparent.
 */
export function runWithTrace<T>(traceparent: string | undefined, fn: () => T): T {
  return storage.run(continueTrace(traceparent), fn);
}

/** The W3C traceparent to hand on. Outside of a trace, that of a new one at each call. */
export function currentTraceparent(): string {
  return storage.getStore() ?? continueTrace(undefined);
}

/** The W3C traceparent of the span that is running, to be stored with what it writes. */
export function activeTraceparent(): string | undefined {
  return storage.getStore();
}

/** The id of the trace that is running, for logs. */
export function currentTraceId(): string | undefined {
  return storage.getStore()?.slice(3, 35);
}

/** The parts of a well-formed W3C traceparent. */
export function parseTraceparent(
  traceparent = '',
): { readonly traceId: string; readonly spanId: string; readonly sampled: boolean } | undefined {
  const { traceId, spanId, flags, more } = traceparentPattern.exec(traceparent)?.groups ?? {};
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  // Version 00 has four fields exactly; a later version may have more, of which we must only read these.
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

/** Random bytes to come: to ask the system for a few costs as much as for many. */
const entropy = Buffer.allocUnsafe(4_096);
let used = entropy.length;

function randomId(bytes: number): string {
  if (used + bytes > entropy.length) {
    randomFillSync(entropy);
    used = 0;
  }
  const id = entropy.toString('hex', used, (used += bytes));
  return /[^0]/.test(id) ? id : randomId(bytes);
}
