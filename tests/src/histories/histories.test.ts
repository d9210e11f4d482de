import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { plantedBugs } from './planted-bugs.ts';
import { type Occurrences, runHistory } from './invariants.ts';
import { histories } from './steps.ts';

const RUNS = Number(process.env['HISTORIES'] ?? 300);

test(`promise 4 holds in ${RUNS} random histories of two instances of each service`, async () => {
  const occurrences: Occurrences = {};
  await fc.assert(
    fc.asyncProperty(histories, async (history) => runHistory(history, occurrences)),
    {
      numRuns: RUNS,
      ...(process.env['HISTORIES_SEED'] ? { seed: Number(process.env['HISTORIES_SEED']) } : {}),
    },
  );
  for (const name of [
    'checkOut',
    'checkOut: reservation-pending',
    'checkOut: lines-changed',
    'add: insufficient-stock',
    'InventoryReservationRejected',
    'InventoryReservationExpired',
    'InventoryReservationRequested',
    'InventoryShort',
    'CartExpired',
    'merge',
    'discard',
    'import',
    'count',
  ])
    assert.ok((occurrences[name] ?? 0) > 0, `no ${name} among ${JSON.stringify(occurrences)}`);
});

/** Limit of the histories that reveal a planted bug. */
const MAX_RUNS_TO_DETECT = 400;

for (const [name, bug] of Object.entries(plantedBugs)) {
  test(`histories reveal a planted bug: ${name}`, async () => {
    const details = await fc.check(
      fc.asyncProperty(histories, async (history) => runHistory(history, {}, bug)),
      { numRuns: MAX_RUNS_TO_DETECT, endOnFailure: true },
    );
    assert.ok(details.failed, `${MAX_RUNS_TO_DETECT} histories without a failure`);
  });
}
