import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

const storage = new AsyncLocalStorage<string>();

const traceparentPattern =
  /^(?!ff)[\da-f]{2}-(?!0{32})(?<traceId>[\da-f]{32})-(?!0{16})[\da-f]{16}-(?<flags>[\da-f]{2})(?<more>-.*)?$/;

/**
 * Runs `fn` within a trace: the one that `traceparent` names, with a span of our own, or a new one when it is
 * missing or not a well-formed W3C traceparent.
 */
export function runWithTrace<T>(traceparent: string | undefined, fn: () => T): T {
  return storage.run(continueTrace(traceparent), fn);
}

/** The W3C traceparent to hand on. Outside of a trace, that of a new one at each call. */
export function currentTraceparent(): string {
  return storage.getStore() ?? continueTrace(undefined);
}

/** The id of the trace that is running, for logs. */
export function currentTraceId(): string | undefined {
  return storage.getStore()?.slice(3, 35);
}

function continueTrace(traceparent: string | undefined): string {
  const parent = traceparentPattern.exec(traceparent ?? '')?.groups;
  const spanId = randomId(8);
  // Version 00 has four fields exactly; a later version may have more, of which we must only read these.
  if (!parent || (parent['more'] !== undefined && traceparent?.startsWith('00'))) {
    return `00-${randomId(16)}-${spanId}-01`;
  }
  return `00-${parent['traceId']}-${spanId}-${sampledFlag(parent['flags'])}`;
}

function sampledFlag(flags = '00'): string {
  return Number.parseInt(flags, 16) & 1 ? '01' : '00';
}

function randomId(bytes: number): string {
  const id = randomBytes(bytes).toString('hex');
  return /[^0]/.test(id) ? id : randomId(bytes);
}
