/**
 * k6 script of the request mix, run by `npm run load -- --k6`, which prepares the system and writes the job. It sends the
 * same plan as the Node.js engine; arrivals are even, and latency is measured from the due time of a request.
 */
import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import http from 'k6/http';
import { Trend } from 'k6/metrics';
import type { Job } from '../src/engine/engine.ts';
import { outcomeOf } from '../src/outcome.ts';
import { createPlan, type PlannedRequest } from '../src/plan.ts';

type K6Job = Job & { readonly total: number };

const job = new SharedArray<K6Job>('job', () => [JSON.parse(open(__ENV['JOB'] ?? '')) as K6Job]);
const { phases, total, url } = job[0] as K6Job;

const startOf = (index: number) => phases.slice(0, index).reduce((sum, { seconds }) => sum + seconds, 0);
const countOf = (index: number) => Math.ceil((phases[index]?.seconds ?? 0) * rateOf(index)) + 1;
const rateOf = (index: number) => total * (phases[index]?.share ?? 0);

/** Every request of the run, in the order of their due times. */
const plan = new SharedArray<PlannedRequest>('plan', () => {
  const { prepared, rates, seed } = job[0] as K6Job;
  const next = createPlan(prepared, rates, seed);
  return Array.from({ length: phases.reduce((sum, _, index) => sum + countOf(index), 0) }, next);
});

/** k6 requires integer rates: per minute. */
const MINUTE_MS = 60_000;
/** Concurrent requests beyond which k6 drops requests, which makes the run invalid. */
const MAX_USERS = 400;

export const options = {
  scenarios: Object.fromEntries(
    phases.map(({ name, seconds }, index) => [
      `${index}-${name}`.replaceAll(' ', '-'),
      {
        executor: 'constant-arrival-rate',
        exec: 'sendNext',
        rate: Math.max(1, Math.round(rateOf(index) * 60)),
        timeUnit: '1m',
        startTime: `${startOf(index)}s`,
        duration: `${seconds}s`,
        gracefulStop: '10s',
        preAllocatedVUs: Math.min(MAX_USERS, Math.max(20, Math.ceil(rateOf(index) / 4))),
        maxVUs: MAX_USERS,
        env: { PHASE: String(index) },
      },
    ]),
  ),
  systemTags: [],
  noCookiesReset: true,
};

const latency = new Trend('tandem_latency', true);
const lateness = new Trend('tandem_lateness', true);
/** Last ETag by product, of this virtual user. */
const tags = new Map<string, string>();

export function sendNext(): void {
  const phase = Number(__ENV['PHASE']);
  const { iterationInTest, startTime } = exec.scenario;
  if (phase === 0 && iterationInTest === 0) console.error(`tandem started ${Math.round(startTime)}`);
  const dueAt = startTime + (iterationInTest * MINUTE_MS) / Math.max(1, Math.round(rateOf(phase) * 60));
  const first = phases.slice(0, phase).reduce((sum, _, index) => sum + countOf(index), 0);
  const { operation, method, path, body, token, idempotencyKey, productId, isConditional } = plan[
    first + iterationInTest
  ] as PlannedRequest;
  const tag = isConditional && productId !== undefined ? tags.get(productId) : undefined;

  lateness.add(Math.max(0, Date.now() - dueAt));
  const response = http.request(method, url + path, body ?? null, {
    headers: {
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(idempotencyKey !== undefined && { 'Idempotency-Key': idempotencyKey }),
      ...(tag !== undefined && { 'If-None-Match': tag }),
    },
    tags: { name: operation },
    timeout: '10s',
  });
  const etag = response.headers['Etag'];
  if (productId !== undefined && etag !== undefined) tags.set(productId, etag);
  const outcome =
    response.error_code >= 1000 && response.error_code < 1400
      ? `error k6-${response.error_code}`
      : outcomeOf(response.status, typeof response.body === 'string' ? response.body : '');
  latency.add(Math.max(0, Date.now() - dueAt), { operation, outcome });
}
