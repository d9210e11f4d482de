/**
 * Run by hand: `npm run dynamodb-local`, then this file with its endpoint in DYNAMODB_ENDPOINT. Not part of a suite, because one run of three
 * did not end. The cause is not known yet; the two others had no violation.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { skip, withDrill } from './drill.ts';
import { assertNoViolation, reconcile } from './reconcile.ts';

/** Load before and after the loss. */
const LOAD_MS = 5_000;

test('indexes are lost and created again under load', { skip }, (t) =>
  withDrill(t, async (drill) => {
    const { tables, workload, timed, api } = drill;
    const owned = [tables.products, tables.carts];
    await delay(LOAD_MS);
    for (const table of owned) await table.loseIndexes();
    assert.notEqual((await api.call('GET', '/products')).status, 200, 'lists need an index');
    await delay(LOAD_MS);
    await timed('create the indexes', async () => {
      for (const table of owned) await table.restoreIndexes();
    });
    await workload.stop();
    assert.equal((await api.call('GET', '/products')).status, 200);
    // No event was lost: nothing has to be repaired.
    await assertNoViolation(drill, { log: workload.log });
    await reconcile(drill);
  }),
);
