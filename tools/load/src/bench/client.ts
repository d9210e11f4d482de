import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { arrivals, seeded } from '../arrivals.ts';
import { durationsOf } from '../tally.ts';
import type { RouteRequest } from './routes.ts';

/** Sends requests to one server, by connections that are kept. */
export interface Client extends AsyncDisposable {
  /** Resolves to the body; rejects on a status that is not the request's. */
  send(request: RouteRequest): Promise<string>;
}

/** How many requests were sent, and percentiles in milliseconds. */
export interface Sent {
  readonly requests: number;
  readonly p50: number;
  readonly p99: number;
  /** p99 of how late they were sent; 0 where none was due. */
  readonly lateP99: number;
}

/** Sends the next request. */
export type SendNext = () => Promise<unknown>;

/** More than ever wait at once at the rates that one core serves. */
const MAX_CONNECTIONS = 256;

/** Opens a client of the server at `url`. */
export function openClient(url: string): Client {
  const pool = new Pool(url, { connections: MAX_CONNECTIONS });
  return {
    async send({ path, method = 'GET', token, body, etag, isMinimal, status = 200 }) {
      const headers = {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': 'application/json' }),
        ...(etag !== undefined && { 'if-none-match': etag }),
        ...(isMinimal && { prefer: 'return=minimal' }),
      };
      const response = await pool.request({
        method,
        path,
        headers,
        body: body ? JSON.stringify(body) : null,
      });
      const text = await response.body.text();
      if (response.statusCode !== status)
        throw new Error(`${method} ${url}${path} returned ${response.statusCode}: ${text}`);
      return text;
    },
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

/** Sends a number of requests, each connection its next one after the last response (closed model). */
export async function sendSaturated(sendNext: SendNext, count: number, connections: number): Promise<Sent> {
  const latencies: number[] = [];
  let left = count;
  const work = async () => {
    while (left-- > 0) {
      const start = performance.now();
      await sendNext();
      latencies.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: Math.min(connections, count) }, work));
  return sentOf(latencies, []);
}

/** Sends requests at random times (Poisson), however many are unanswered. Latency counts from when a request was due. */
export async function sendAtRate(
  sendNext: SendNext,
  {
    perSecond,
    seconds,
    seed,
  }: { readonly perSecond: number; readonly seconds: number; readonly seed: number },
): Promise<Sent> {
  const [latencies, lateness]: [number[], number[]] = [[], []];
  const inFlight: Promise<void>[] = [];
  const startedAt = performance.now();
  const sinceDue = (dueMs: number) => performance.now() - startedAt - dueMs;
  const phase = { name: 'rate', seconds, share: 1, isMeasured: true };
  for (const dueMs of arrivals([phase], perSecond, seeded(seed))) {
    // Timers take whole milliseconds; the minimum is 1 ms.
    for (let waitMs: number; (waitMs = -sinceDue(dueMs)) > 0;) await delay(Math.max(1, Math.floor(waitMs)));
    lateness.push(Math.max(0, sinceDue(dueMs)));
    const completed = sendNext().then(() => void latencies.push(sinceDue(dueMs)));
    // Its rejection is that of Promise.all below.
    completed.catch(() => undefined);
    inFlight.push(completed);
  }
  await Promise.all(inFlight);
  return sentOf(latencies, lateness);
}

function sentOf(latencies: readonly number[], lateness: readonly number[]): Sent {
  const { p50, p99 } = durationsOf(latencies);
  return { requests: latencies.length, p50, p99, lateP99: durationsOf(lateness).p99 };
}
