import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestsOf } from '../domain/request.ts';
import { reservationKey } from '../store/entity-types.ts';
import { createHoldExpiry } from './hold-expiry.ts';
import { added, openStock } from './testing.ts';

const log = { error: (fields: object) => assert.fail(JSON.stringify(fields)) };
const numbers = (length: number) => Array.from({ length }, (_, i) => i);

type Opened = Awaited<ReturnType<typeof openStock>>;
const sweepOf = ({ stockHoldsOn, now }: Opened, table: Opened['table']) =>
  createHoldExpiry({ table, stockHolds: stockHoldsOn(table), now, log });

async function hold({ stockHoldsOn, table, now }: Opened, cartId: string, qty: number, cartVersion = 2) {
  await stockHoldsOn(table).reserve(requestsOf(added(cartId, qty, { cartVersion, timestamp: now() })));
}

test('core 4: hundreds of holds end when they are overdue, found by two processes at once, each once', async () => {
  using opened = await openStock(1_000);
  const { table, other, clock, stock, published, metrics } = opened;
  for (const i of numbers(250)) await hold(opened, `c${i}`, 2);
  const sweeps = [sweepOf(opened, table), sweepOf(opened, other)] as const;
  clock.nowMs += 899_000;
  assert.deepEqual([await sweeps[0](), await stock()], [0, [1_000, 500]]);

  await published();
  clock.nowMs += 1_000;
  await Promise.all(sweeps.map((sweep) => sweep()));
  assert.deepEqual(await stock(), [1_000, 0]);
  const expired = (await published()).filter(({ eventType }) => eventType === 'InventoryReservationExpired');
  assert.equal(expired.length, 250);
  assert.equal(metrics.counts()['UnitsExpired'], 500);
  assert.equal(await sweeps[0](), 0, 'nothing is due any more');
});

test('a renewed hold is looked at once and ends at its own time', async () => {
  using opened = await openStock(10);
  const { table, clock, stock } = opened;
  const sweep = sweepOf(opened, table);
  await hold(opened, 'c', 4);
  clock.nowMs += 600_000;
  await hold(opened, 'c', 4, 3);
  clock.nowMs += 300_000;
  assert.deepEqual([await sweep(), await stock()], [1, [10, 4]]);
  assert.equal(await sweep(), 0, 'it has its new place');
  clock.nowMs += 600_000;
  assert.deepEqual([await sweep(), await stock()], [1, [10, 0]]);
  assert.equal((await table.get(reservationKey('p', 'c')))?.outcome, 'expired');
});

test('a hold that is released, sold or requested again leaves no timer that could end another one', async () => {
  using opened = await openStock(10);
  const { clock, stock, table } = opened;
  const sweep = sweepOf(opened, table);
  await hold(opened, 'c', 4);
  await hold(opened, 'c', 0, 3);
  clock.nowMs += 500_000;
  await hold(opened, 'c', 3, 4);
  clock.nowMs += 450_000;
  assert.deepEqual([await sweep(), await stock()], [0, [10, 3]]);
  clock.nowMs += 450_000;
  assert.deepEqual([await sweep(), await stock()], [1, [10, 0]]);
});

test('HOLD_SECONDS=0: a hold lasts as long as its cart', async () => {
  using opened = await openStock(10, 0);
  await hold(opened, 'c', 4);
  opened.clock.nowMs += 365 * 24 * 60 * 60 * 1000;
  assert.equal(await sweepOf(opened, opened.table)(), 0);
  assert.deepEqual(await opened.stock(), [10, 4]);
});

test('a product whose holds cannot be ended does not keep the others from ending theirs', async () => {
  using opened = await openStock(10);
  const { table, clock, stock, stockHoldsOn, now } = opened;
  await hold(opened, 'c', 4);
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
    log: { error: (fields: object) => failures.push(fields) },
  });
  await sweep();
  assert.equal(failures.length, 1);
  await sweepOf(opened, table)();
  assert.deepEqual(await stock(), [10, 0]);
});
