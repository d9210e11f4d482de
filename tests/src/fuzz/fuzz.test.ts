import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { withSystem } from '../support/system.ts';
import { faultsOf } from './check.ts';
import { readDocument } from './document.ts';
import { createPool } from './pool.ts';
import { learnSent, type Request, requestsOf } from './request.ts';
import { type Answer, asCurl, createSender } from './send.ts';
import { tokensFor } from './tokens.ts';
import type { Late } from './values.ts';

/** How many requests are sent; `FUZZ_SEED` repeats the ones of another run. */
const requests = Number(process.env['FUZZ_REQUESTS'] ?? 10_000);
const seed = Number(process.env['FUZZ_SEED'] ?? Math.trunc(Math.random() * 2 ** 31));

/** As many requests reach every operation in a state that allows it. */
const ENOUGH = 5000;

/** Says what was wrong with the smallest request that shows it: how the request was drawn helps nobody. */
async function asyncReporter({
  failed,
  numRuns,
  errorInstance,
}: fc.RunDetails<[plan: Late<Request>]>): Promise<void> {
  if (!failed) return;
  const again = `request ${numRuns} of FUZZ_REQUESTS=${requests} FUZZ_SEED=${seed}`;
  throw new Error(`${again}: ${(errorInstance as Error).message}`, { cause: errorInstance });
}

/** How often each operation answered with each status. */
function createTally() {
  const counts = new Map<string, Map<number, number>>();
  return {
    add({ operation, method }: Request, { status }: Answer) {
      if (method !== operation.method) return;
      const name = `${operation.method} ${operation.path}`;
      const statuses = counts.get(name) ?? new Map<number, number>();
      counts.set(name, statuses.set(status, (statuses.get(status) ?? 0) + 1));
    },
    neverDone: () =>
      [...counts]
        .filter(([, statuses]) => ![...statuses.keys()].some((status) => status < 300))
        .map(([name]) => name),
    lines: () =>
      [...counts].map(([name, statuses]) => {
        const sorted = [...statuses].toSorted(([a], [b]) => a - b);
        return `${name}  ${sorted.map(([status, count]) => `${status}×${count}`).join(' ')}`;
      }),
  };
}

test(`${requests} requests of both OpenAPI documents are answered as documented, never by a 5xx`, async (t) => {
  t.diagnostic(`again: FUZZ_REQUESTS=${requests} FUZZ_SEED=${seed}`);
  await withSystem(
    async ({ urls }) => {
      const documents = await Promise.all([urls.product, urls.cart].map(readDocument));
      const operations = documents.flatMap((document) => document.operations);
      const pool = createPool();
      const sender = createSender();
      const tally = createTally();
      const property = fc.asyncProperty(requestsOf(operations, await tokensFor(operations)), async (plan) => {
        const request = plan(pool);
        const answer = await sender.send(request).catch((cause: unknown) => {
          throw new Error(`no answer to\n${asCurl(request)}`, { cause });
        });
        tally.add(request, answer);
        const faults = faultsOf(request, answer);
        if (faults.length > 0)
          throw new Error(`${faults.join('; ')}:\n${asCurl(request)}\n${answer.status} ${answer.text}`);
        if (answer.status >= 300) return;
        pool.learn(answer.text === '' ? undefined : JSON.parse(answer.text));
        pool.learn(answer.headers.etag, 'etag');
        learnSent(pool, request);
      });
      await fc.assert(property, { numRuns: requests, seed, asyncReporter }).finally(() => sender.close());
      for (const line of tally.lines()) t.diagnostic(line);
      if (requests >= ENOUGH) assert.deepEqual(tally.neverDone(), [], 'operations that never succeeded');
    },
    {},
    // Answers beyond their schemas are for the fuzzer to find.
    { validateResponses: false },
  );
});
