import assert from 'node:assert/strict';
import type { RawResponse } from './raw.ts';

/** Origin whose pages may call the servers. */
export const ORIGIN = 'https://shop.example';

/** Paths of a server: a resource to get, one that a write without a body may be sent to, and one that reads JSON. */
export interface Paths {
  readonly resource: string;
  /** One with an entity tag. */
  readonly tagged: string;
  readonly bodiless: string;
  readonly json: string;
}

/** Case of the checklist: what is sent, the statuses that may come back, and what then becomes of the connection. */
export interface Case {
  /** Section of RFC 9110 or 9112, then the rule. */
  readonly rule: string;
  readonly bytes: string;
  readonly methods?: readonly string[];
  /** Of each response in order, the interim ones included. */
  readonly statuses: readonly (number | readonly number[])[];
  /** Either, where a response that precedes the end of the body may close the connection. */
  readonly is: 'open' | 'closed' | 'either';
  readonly check?: (...responses: readonly RawResponse[]) => void;
}

/** A Host header. */
export const H = 'Host: shop.example';
/** Bytes of a request, of its lines; the last one is the body. */
export const message = (...lines: readonly string[]) =>
  [...lines.slice(0, -1), '', lines.at(-1)].join('\r\n');

/** Check that a response has a header. */
export const has = (name: string, pattern: RegExp) => (response?: RawResponse) =>
  assert.match(response?.headers.get(name) ?? '', pattern, name);

/** The case of a request that is rejected, after which the connection is closed. */
export const rejected = (rule: string, bytes: string, status: number | readonly number[] = 400): Case => ({
  rule,
  bytes,
  statuses: [status],
  is: 'closed',
});
