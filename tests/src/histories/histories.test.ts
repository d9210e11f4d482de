import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { plants } from './planted-bugs.ts';
import { type Happenings, play } from './invariants.ts';
import { histories } from './steps.ts';

const RUNS = Number(process.env['HISTORIES'] ?? 300);

test(`promise 4 holds in ${RUNS} random histories of two instances each`, async () => {
  const happened: Happenings = {};
  await fc.assert(
    fc.asyncProperty(histories, async (history) => play(history, happened)),
    {
      numRuns: RUNS,
      ...(process.env['HISTORIES_SEED'] ? { seed: Number(process.env['HISTORIES_SEED']) } : {}),
    },
  );
  for (const what of [
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
    assert.ok((happened[what] ?? 0) > 0, `no ${what} among ${JSON.stringify(happened)}`);
});

/** A bug that a few hundred histories do not reveal is one that the promise is not checked for. */
const MAX_RUNS_TO_DETECT = 400;

for (const [bug, plant] of Object.entries(plants)) {
  test(`histories reveal a planted bug: ${bug}`, async () => {
    const details = await fc.check(
      fc.asyncProperty(histories, async (history) => play(history, {}, plant)),
      { numRuns: MAX_RUNS_TO_DETECT, endOnFailure: true },
    );
    assert.ok(details.failed, `${MAX_RUNS_TO_DETECT} histories without a failure`);
  });
}
