import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestsOf } from '../domain/request.ts';
import { reservationKey } from '../store/entity-types.ts';
import { createHoldExpiry } from './hold-expiry.ts';
import { added, openStock } from './testing.ts';

const log = { error: (fields: object) => assert.fail(JSON.stringify(fields)), info: () => undefined };
const numbers = (length: number) => Array.from({ length }, (_, i) => i);

type TestStock = Awaited<ReturnType<typeof openStock>>;
const sweepOf = ({ stockHoldsOn, now }: TestStock, table: TestStock['table']) =>
  createHoldExpiry({ table, stockHolds: stockHoldsOn(table), now, log });

async function hold({ stockHoldsOn, table, now }: TestStock, cartId: string, qty: number, cartVersion = 2) {
  await stockHoldsOn(table).reserve(requestsOf(added(cartId, qty, { cartVersion, timestamp: now() })));
}

test('core 4: hundreds of overdue holds expire, each once, although two processes sweep concurrently', async () => {
  using testStock = await openStock(1_000);
  const { table, otherTable, clock, stock, publishedEvents, metrics } = testStock;
  for (const i of numbers(250)) await hold(testStock, `c${i}`, 2);
  const sweeps = [sweepOf(testStock, table), sweepOf(testStock, otherTable)] as const;
  clock.nowMs += 899_000;
  assert.deepEqual([await sweeps[0](), await stock()], [0, [1_000, 500]]);

  await publishedEvents();
  clock.nowMs += 1_000;
  await Promise.all(sweeps.map((sweep) => sweep()));
  assert.deepEqual(await stock(), [1_000, 0]);
  const expired = (await publishedEvents()).filter(
    ({ eventType }) => eventType === 'InventoryReservationExpired',
  );
  assert.equal(expired.length, 250);
  assert.equal(metrics.counts()['UnitsExpired'], 500);
  assert.equal(await sweeps[0](), 0, 'no hold is due any more');
});

test('a renewed hold is moved in the index by one sweep, and expires at its new time', async () => {
  using testStock = await openStock(10);
  const { table, clock, stock } = testStock;
  const sweep = sweepOf(testStock, table);
  await hold(testStock, 'c', 4);
  clock.nowMs += 600_000;
  await hold(testStock, 'c', 4, 3);
  clock.nowMs += 300_000;
  assert.deepEqual([await sweep(), await stock()], [1, [10, 4]]);
  assert.equal(await sweep(), 0, 'moved in the index');
  clock.nowMs += 600_000;
  assert.deepEqual([await sweep(), await stock()], [1, [10, 0]]);
  assert.equal((await table.get(reservationKey('p', 'c')))?.outcome, 'expired');
});

test('a released hold is not due any more: a later hold of the same cart expires at its own time', async () => {
  using testStock = await openStock(10);
  const { clock, stock, table } = testStock;
  const sweep = sweepOf(testStock, table);
  await hold(testStock, 'c', 4);
  await hold(testStock, 'c', 0, 3);
  clock.nowMs += 500_000;
  await hold(testStock, 'c', 3, 4);
  clock.nowMs += 450_000;
  assert.deepEqual([await sweep(), await stock()], [0, [10, 3]]);
  clock.nowMs += 450_000;
  assert.deepEqual([await sweep(), await stock()], [1, [10, 0]]);
});

test('with HOLD_SECONDS=0 holds do not expire', async () => {
  using testStock = await openStock(10, 0);
  await hold(testStock, 'c', 4);
  testStock.clock.nowMs += 365 * 24 * 60 * 60 * 1000;
  assert.equal(await sweepOf(testStock, testStock.table)(), 0);
  assert.deepEqual(await testStock.stock(), [10, 4]);
});

test('a failure to expire the holds of one product does not affect other products', async () => {
  using testStock = await openStock(10);
  const { table, clock, stock, stockHoldsOn, now } = testStock;
  await hold(testStock, 'c', 4);
  await stockHoldsOn(table).reserve(requestsOf(added('c', 1, { productId: 'gone', timestamp: now() })));
  clock.nowMs += 900_000;
  const failures: object[] = [];
  const broken = {
    expire: async (productId: string, cartIds: readonly string[]) => {
      if (productId === 'p') throw new Error('contended');
      return stockHoldsOn(table).expire(productId, cartIds);
    },
  };
  const sweep = createHoldExpiry({
    table,
    stockHolds: broken,
    now,
    log: { error: (fields: object) => failures.push(fields), info: () => undefined },
  });
  await sweep();
  assert.equal(failures.length, 1);
  await sweepOf(testStock, table)();
  assert.deepEqual(await stock(), [10, 0]);
});
