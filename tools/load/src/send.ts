import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { Pool } from 'undici';
import { arrivals, seeded } from './arrivals.ts';
import { createPlan, type PlannedRequest, type Prepared } from './plan.ts';
import type { Phase } from './profiles.ts';
import { type Rates, totalOf } from './rates.ts';
import { createTally, type Outcome, outcomeOf, type Tally } from './tally.ts';

/** Requests to send. */
export interface Job {
  readonly url: string;
  readonly prepared: Prepared;
  /** Requests per second at a phase's share of 1. */
  readonly rates: Rates;
  readonly phases: readonly Phase[];
  readonly seed: number;
}

/** More than the concurrency and queue limits of a system; beyond it, requests wait here, and the wait counts as latency. */
const CONNECTIONS = 512;
/** Requests that take longer are errors. */
const TIMEOUT_MS = 10_000;
/** Unrecorded requests before the first recorded one, which open connections and warm up the sender. */
const WARM_UP_REQUESTS = 50;
const LEAD_MS = 100;

/**
 * Sends the requests of a job from a thread of its own, so that observing the system does not delay them. Calls back when the
 * run begins.
 */
export async function sendFromThread(job: Job, onStart: () => void): Promise<Tally> {
  const thread = new Worker(import.meta.filename, { workerData: job });
  await once(thread, 'message');
  onStart();
  const [tally] = (await once(thread, 'message')) as [Tally];
  return tally;
}

/** Sends each request when it is due, regardless of earlier ones (open model). Resolves when the last one completes. */
async function sendRequests(
  { url, prepared, rates, phases, seed }: Job,
  onStart: () => void,
): Promise<Tally> {
  const limits = { connections: CONNECTIONS, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS };
  const pool = new Pool(url, limits);
  const plan = createPlan(prepared, rates, seed);
  const tally = createTally(phases);
  const tags = new Map<string, string>();
  const inFlight = new Set<Promise<void>>();
  const warmUp = Array.from({ length: WARM_UP_REQUESTS }, async (_, i) => {
    const path = `/products/${prepared.steady[i % prepared.steady.length]}`;
    await perform(pool, { operation: 'read a product', method: 'GET', path }, tags);
  });
  await Promise.all(warmUp);

  const startedAt = performance.now() + LEAD_MS;
  const sinceDue = (dueMs: number) => performance.now() - startedAt - dueMs;
  const send = async (request: PlannedRequest, dueMs: number): Promise<void> => {
    const lateMs = sinceDue(dueMs);
    const outcome = await perform(pool, request, tags);
    tally.record({ dueMs, lateMs, latencyMs: sinceDue(dueMs), operation: request.operation, outcome });
  };
  onStart();
  for (const dueMs of arrivals(phases, totalOf(rates), seeded(seed + 1))) {
    // Timers take whole milliseconds; the minimum is 1 ms.
    for (let waitMs: number; (waitMs = -sinceDue(dueMs)) > 0;) await delay(Math.max(1, Math.floor(waitMs)));
    const completed: Promise<void> = send(plan(), dueMs).finally(() => inFlight.delete(completed));
    inFlight.add(completed);
  }
  await Promise.all(inFlight);
  await pool.close();
  return tally.result();
}

async function perform(
  pool: Pool,
  { method, path, body, token, idempotencyKey, productId, isConditional }: PlannedRequest,
  tags: Map<string, string>,
): Promise<Outcome> {
  const tag = isConditional && productId !== undefined ? tags.get(productId) : undefined;
  try {
    const response = await pool.request({
      method,
      path,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
        ...(tag !== undefined && { 'if-none-match': tag }),
      },
      body: body ?? null,
    });
    const { etag } = response.headers;
    if (productId !== undefined && typeof etag === 'string') tags.set(productId, etag);
    if (response.statusCode >= 400) return outcomeOf(response.statusCode, await response.body.text());
    await response.body.dump();
    return outcomeOf(response.statusCode, '');
  } catch (error) {
    return { kind: 'errors', name: (error as NodeJS.ErrnoException).code ?? 'failed' };
  }
}

if (parentPort) {
  try {
    // A sender that waits for CPU would measure other processes. Only root may raise the priority.
    setPriority(constants.priority.PRIORITY_HIGH);
  } catch {
    // The verdict reports whether it was late.
  }
  const port = parentPort;
  port.postMessage(await sendRequests(workerData as Job, () => port.postMessage('started')));
}
