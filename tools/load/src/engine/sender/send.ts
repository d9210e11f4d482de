import { Pool } from 'undici';
import { arrivals } from '../../arrivals.ts';
import { outcomeOf, type Outcome } from '../../outcome.ts';
import { percentile } from '../../percentile.ts';
import { measuredSpan } from '../../profiles.ts';
import { createPlan, type PlannedRequest } from '../../plan.ts';
import { seeded } from '../../random.ts';
import { totalOf } from '../../rates.ts';
import type { Job, Sample, Sent } from '../engine.ts';

/** More than the concurrency and queue limits of a system; beyond it, requests wait here, and the wait counts as latency. */
const CONNECTIONS = 512;
/** Requests that take longer are errors. */
const TIMEOUT_MS = 10_000;
const REPORT_INTERVAL_MS = 250;
/** Unrecorded requests before the first recorded one, which open connections and warm up the sender. */
const WARM_UP_REQUESTS = 50;
const LEAD_MS = 100;

/** Sends each request when it is due, regardless of earlier ones (open model). Resolves when the last one completes. */
export async function sendRequests(
  { url, prepared, rates, phases, arrivals: kind, seed }: Job,
  on: { readonly start: () => void; readonly samples: (samples: readonly Sample[]) => void },
): Promise<Sent> {
  const pool = new Pool(url, {
    connections: CONNECTIONS,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  });
  const plan = createPlan(prepared, rates, seed);
  const due = arrivals(phases, totalOf(rates), kind, seeded(seed + 1));
  const tags = new Map<string, string>();
  const lateMs: number[] = [];
  const inFlight = new Set<Promise<void>>();
  let samples: Sample[] = [];
  let planned = 0;

  const record = async (request: PlannedRequest, dueMs: number, startedAt: number): Promise<void> => {
    const outcome = await perform(pool, request, tags);
    const latencyMs = performance.now() - startedAt - dueMs;
    samples.push({ dueMs, operation: request.operation, latencyMs, outcome });
  };
  const report = () => {
    if (samples.length > 0) on.samples(samples);
    samples = [];
  };

  const { from } = measuredSpan(phases);
  const warmUp = Array.from({ length: WARM_UP_REQUESTS }, async (_, i) => {
    const path = `/products/${prepared.steady[i % prepared.steady.length]}`;
    await perform(pool, { operation: 'read a product', method: 'GET', path }, tags);
  });
  await Promise.all(warmUp);
  const startedAt = performance.now() + LEAD_MS;
  on.start();
  const reporting = setInterval(report, REPORT_INTERVAL_MS);
  for (const dueMs of due) {
    for (let left = startedAt + dueMs - performance.now(); left > 0;) {
      // Timers round down at most to whole milliseconds; the minimum is 1 ms.
      await new Promise((resolve) => setTimeout(resolve, Math.max(1, Math.floor(left))));
      left = startedAt + dueMs - performance.now();
    }
    planned += 1;
    if (dueMs >= from * 1000) lateMs.push(performance.now() - startedAt - dueMs);
    const completed: Promise<void> = record(plan(), dueMs, startedAt).finally(() =>
      inFlight.delete(completed),
    );
    inFlight.add(completed);
  }
  await Promise.all(inFlight);
  clearInterval(reporting);
  report();
  await pool.close();
  return { planned, dropped: 0, lateP99Ms: percentile(lateMs, 0.99) };
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
    return `error ${(error as NodeJS.ErrnoException).code ?? 'failed'}`;
  }
}
