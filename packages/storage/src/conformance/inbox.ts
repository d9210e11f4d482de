import assert from 'node:assert/strict';
import { DomainError } from '@tandem/chassis/errors';
import type { Driver } from '../driver.ts';
import { type Store, test } from './fixtures.ts';
import { addedEvent, openConsumer } from './inbox-fixtures.ts';

const unavailable = () => new DomainError('unavailable', 'store-unavailable', 'Unavailable');

/** Conformance of the inbox: each event is applied exactly once. */
export function inboxConforms(open: () => Promise<Store>): void {
  test(
    'duplicates in a batch and across batches are applied once, in any order',
    open,
    async ({ table, clock }) => {
      const { apply, units } = openConsumer(table, () => clock.now);
      const events = Array.from({ length: 5 }, (_, i) => addedEvent(`e${i}`, clock.now - i * 7_000));
      assert.deepEqual(await apply([...events, ...events]), Array(10).fill('applied'));
      assert.equal(await units(), 5);
      await apply([...events.toReversed(), addedEvent('late', clock.now - 14_000)]);
      await apply(events);
      assert.equal(await units(), 6);
    },
  );

  test('more batches than one read has keys are all searched', open, async ({ table, clock }) => {
    const { apply, units, head } = openConsumer(table, () => clock.now);
    const events = Array.from({ length: 2_120 }, (_, i) => addedEvent(`e${i}`, clock.now));
    for (const event of events.slice(0, 120)) await apply([event]);
    await apply(events);
    const next = openConsumer(table, () => clock.now);
    await next.apply(events);
    for (const event of [events[0], events[99], events[100], events[1_119], events[2_119]])
      await next.apply(event ? [event] : []);
    assert.deepEqual([await units(), (await head())?.units], [2_120, { p: 2_120 }]);
    assert.equal((await head())?.batches, 123);
  });

  test(
    'two instances that receive the same events apply each once',
    open,
    async ({ openTable, clock, conflicts }) => {
      const consumers = [openTable(), openTable()].map((table) => openConsumer(table, () => clock.now));
      const events = Array.from({ length: 60 }, (_, i) => addedEvent(`e${i}`, clock.now - (i % 3) * 10_000));
      for (let start = 0; start < events.length; start += 20) {
        const batch = events.slice(start, start + 20);
        const statuses = await Promise.all(consumers.map(({ apply }) => apply(batch)));
        assert.deepEqual(statuses.flat(), Array(40).fill('applied'));
      }
      assert.ok(conflicts() > 0, 'the instances conflicted');
      assert.equal(await consumers[0]?.units(), 60);
      assert.deepEqual((await consumers[0]?.head())?.units, { p: 60 });
    },
  );

  for (const isCommitted of [false, true]) {
    const moment = isCommitted ? 'after' : 'before';
    test(
      `an instance that is killed ${moment} its commit leaves the rest to the next one`,
      open,
      async ({ openTable, driver, clock }) => {
        const killed: Driver = {
          ...driver,
          async write(puts) {
            if (isCommitted) await driver.write(puts);
            throw unavailable();
          },
        };
        const first = openConsumer(openTable(killed), () => clock.now);
        const second = openConsumer(openTable(), () => clock.now);
        const events = ['a', 'b', 'c'].map((id) => addedEvent(id, clock.now));
        assert.deepEqual(await first.apply(events), ['failed', 'failed', 'failed']);
        assert.equal(await second.units(), isCommitted ? 3 : 0);
        const more = addedEvent('d', clock.now);
        assert.deepEqual(await second.apply([...events, more]), ['applied', 'applied', 'applied', 'applied']);
        assert.deepEqual([await second.units(), (await second.head())?.units], [4, { p: 4 }]);
      },
    );
  }
}
