import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayKey } from '@tandem/analytics/store/entity-types';
import { assembleService } from '@tandem/local/system/assemble';
import { openSqlite } from '@tandem/storage/sqlite';
import { pkOf } from '@tandem/storage/pk';
import { assemblyOptions } from '../support/assembly.ts';
import { startMessaging } from '../support/messaging.ts';
import { until } from '../support/until.ts';

test('expired items of a table without relay are removed on one machine, too', async () => {
  await using messaging = await startMessaging();
  await using assembly = await assembleService('analytics', {
    ...assemblyOptions(messaging.endpoint),
    openStore: () => openSqlite(':memory:', { isFollowed: false }),
  });
  const { store, table } = assembly;
  assert.ok(store && table);
  const carts = { opened: 1, abandoned: 0, checkedOut: 0, unitsCheckedOut: 0, revenue: {} };
  const day = (date: string) => ({ version: 1, date, carts, batches: 0, firsts: {}, compacted: 0 });
  const today = new Date().toISOString().slice(0, 10);
  for (const date of ['2020-02-14', today]) await table.putIfNewer(dayKey(date), day(date));
  assembly.startRelay();
  const keys = ['2020-02-14', today].map((date) => pkOf(dayKey(date)));
  await until(
    async () => (await store.driver.read(keys, { consistent: true })).map(({ pk }) => pk),
    (stored) => stored.length === 1,
  );
  assert.deepEqual(
    (await store.driver.read(keys, { consistent: true })).map(({ pk }) => pk),
    [pkOf(dayKey(today))],
  );
});
