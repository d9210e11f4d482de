import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import type { TandemEvent } from '@tandem/contracts/events';
import * as fc from 'fast-check';
import {
  addedEvent,
  DAY_MS,
  openConsumer,
  type UnitsEffect,
  unitsEffect,
} from './conformance/inbox-fixtures.ts';
import { createTable } from './create-table.ts';
import type { Driver, Put } from './driver.ts';
import { openSqlite } from './sqlite.ts';

const START = Date.parse('2026-02-14T15:00:00Z');

/** Consumers on one store in memory; `calls` counts those of its driver, and `onWrite` runs before each write. */
function open(
  t: Pick<TestContext, 'after'>,
  { effect, onWrite }: { effect?: UnitsEffect; onWrite?: OnWrite } = {},
) {
  const store = openSqlite(':memory:');
  t.after(() => store.close());
  const calls = { reads: 0, writes: 0, largestWrite: 0 };
  const driver: Driver = {
    ...store.driver,
    read: (...args) => {
      calls.reads += 1;
      return store.driver.read(...args);
    },
    write: async (puts) => {
      calls.writes += 1;
      calls.largestWrite = Math.max(calls.largestWrite, puts.length);
      onWrite?.(puts);
      return store.driver.write(puts);
    },
  };
  const clock = { now: START };
  const openInstance = () =>
    openConsumer(createTable(driver, { now: () => clock.now }), () => clock.now, effect);
  return { ...store, calls, clock, openInstance, ...openInstance() };
}

type OnWrite = (puts: readonly Put[]) => void;

function sequence(count: number, eventOf: (i: number) => TandemEvent): readonly TandemEvent[] {
  return Array.from({ length: count }, (_, i) => eventOf(i));
}

test('a duplicate up to 30 days later changes nothing; then the event is acknowledged without effect', async (t) => {
  const { apply, units, clock, metrics, removeExpired } = open(t);
  const event = addedEvent('a', START);
  await apply([event]);
  for (const days of [1, 3, 29, 30]) {
    clock.now = START + days * DAY_MS;
    removeExpired(clock.now / 1_000);
    assert.deepEqual(await apply([event]), ['applied']);
    assert.equal(metrics.counts()['EventsBeyondHorizon'], undefined);
  }
  clock.now += 1;
  assert.deepEqual(await apply([event, addedEvent('never-applied', START - 1)]), ['applied', 'applied']);
  assert.equal(metrics.counts()['EventsBeyondHorizon'], 2);
  assert.equal(await units(), 1);
});

test('a thousand events cost two writes of one item each, and ten thousand twenty', async (t) => {
  const { apply, units, calls } = open(t);
  await apply(sequence(1_000, (i) => addedEvent(`e${i}`, START + i * 360)));
  assert.deepEqual(calls, { reads: 3, writes: 2, largestWrite: 1 });
  await apply(sequence(10_000, (i) => addedEvent(`f${i}`, START + i * 36)));
  assert.deepEqual([calls.writes, calls.largestWrite], [22, 1]);
  assert.equal(await units(), 11_000);
});

test('only batches since the first of the half-hour of an event are searched, and those once', async (t) => {
  const { apply, openInstance, calls } = open(t);
  const at = (minutes: number, name = '') => addedEvent(`${minutes}${name}`, START + minutes * 60_000);
  for (let minutes = 0; minutes < 120; minutes++) await apply([at(minutes)]);
  const readsOf = async (instance: { readonly apply: typeof apply }, event: TandemEvent) => {
    const before = calls.reads;
    assert.deepEqual(await instance.apply([event]), ['applied']);
    return calls.reads - before;
  };
  const next = openInstance();
  assert.equal(await readsOf(next, at(130)), 3, 'no batch has an event of its half-hour');
  assert.equal(await readsOf(next, at(119, 'new')), 4, 'the batches of half an hour in one read');
  assert.equal(await readsOf(next, at(118)), 1, 'a duplicate: they are known');
  assert.equal(await readsOf(next, at(0)), 3, 'a duplicate after two hours: a hundred batches a read');
});

test('a batch of duplicates writes nothing', async (t) => {
  const { apply, calls } = open(t);
  const events = sequence(100, (i) => addedEvent(`e${i}`, START + i * 1_000));
  await apply(events);
  await apply(events);
  assert.equal(calls.writes, 2);
});

test('events of a batch are appended to the log of each, however old they are', async (t) => {
  const logOf: UnitsEffect['logOf'] = (event) => ('productId' in event ? event.productId : '');
  const { apply, units, head, calls } = open(t, { effect: { ...unitsEffect, logOf } });
  const products = (i: number) => ({ productId: `p${i % 70}` });
  const events = sequence(700, (i) => addedEvent(`e${i}`, START - i * 3_600_000, products(i)));
  assert.ok((await apply([...events, ...events])).every((status) => status === 'applied'));
  assert.deepEqual([await units('p3', 'p3'), (await head('p3'))?.units], [10, { p3: 10 }]);
  assert.deepEqual([calls.writes, calls.largestWrite], [140, 1]);
});

test('the bytes of an item are bounded', async (t) => {
  const { apply, units, calls } = open(t, { effect: { ...unitsEffect, bytesOf: () => 90_000 } });
  await apply(sequence(5, (i) => addedEvent(`e${i}`, START)));
  assert.equal(calls.writes, 6);
  assert.equal(await units(), 5);
});

test('events without an id are the same if all of their fields are', async (t) => {
  const { apply, units } = open(t);
  const event = addedEvent(undefined, START);
  const reordered = Object.fromEntries(Object.entries(event).toReversed()) as TandemEvent;
  await apply([event, reordered]);
  await apply([reordered, addedEvent(undefined, START, { cartVersion: 3 })]);
  assert.equal(await units(), 2);
});

test('a bad event fails alone, and costs few writes', async (t) => {
  const { apply, units, calls } = open(t);
  const events = sequence(1_000, (i) => addedEvent(`e${i}`, START, i === 700 ? { productId: 'bad' } : {}));
  const statuses = await apply(events);
  assert.deepEqual(
    events.filter((_, i) => statuses[i] === 'failed').map((event) => event.eventId),
    ['e700'],
  );
  assert.equal(await units(), 999);
  assert.ok(calls.writes <= 20, `${calls.writes} writes`);
  assert.deepEqual(await apply(events.slice(700, 701)), ['failed'], 'it is not among the applied ones');
});

test('an event whose log cannot be derived fails alone', async (t) => {
  const effect: UnitsEffect = {
    ...unitsEffect,
    logOf(event) {
      if (event.eventId === 'bad') throw new TypeError('no log');
      return unitsEffect.logOf(event);
    },
  };
  const { apply, units } = open(t, { effect });
  const events = ['a', 'bad', 'bad', 'b'].map((id) => addedEvent(id, START));
  assert.deepEqual(await apply(events), ['applied', 'failed', 'failed', 'applied']);
  assert.equal(await units(), 2);
});

test('once the store is unavailable, the rest of the batch is not attempted', async (t) => {
  let writes = 0;
  const onWrite = () => {
    writes += 1;
    if (writes > 2) throw new DomainError('unavailable', 'store-unavailable', 'Unavailable');
  };
  const { apply, units } = open(t, { onWrite });
  const statuses = await apply(sequence(3_000, (i) => addedEvent(`e${i}`, START)));
  assert.equal(writes, 3);
  assert.deepEqual(
    [statuses[999], statuses[1_000], statuses[2_999], await units()],
    ['applied', 'failed', 'failed', 1_000],
  );
});

test('random deliveries to two instances: each event is applied exactly once', async () => {
  const delivery = fc.record({
    instance: fc.nat(1),
    events: fc.array(fc.nat(40), { minLength: 1, maxLength: 30 }),
    /** Which write fails, and whether before it is applied or after. */
    fault: fc.option(fc.record({ passes: fc.nat(2), moment: fc.constantFrom('before', 'after') }), {
      freq: 3,
    }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(delivery, { maxLength: 12 }), async (deliveries) => {
      const store = openSqlite(':memory:');
      let fault: { passes: number; readonly moment: string } | null = null;
      const driver: Driver = {
        ...store.driver,
        async write(puts) {
          const current = fault && fault.passes-- === 0 ? fault.moment : undefined;
          const error = new DomainError('unavailable', 'response-lost', 'The response was lost.');
          if (current === 'before') throw error;
          const outcome = await store.driver.write(puts);
          if (current === 'after') throw error;
          return outcome;
        },
      };
      const instances = [0, 1].map(() =>
        openConsumer(createTable(driver, { now: () => START }), () => START),
      );
      const events = sequence(41, (i) => addedEvent(`e${i}`, START - i * 12_000, { qty: 2 ** (i % 20) }));
      for (const { instance, events: numbers, fault: nextFault } of deliveries) {
        fault = nextFault && { ...nextFault };
        const batch = numbers.map((i) => events[i] ?? assert.fail());
        const both = numbers.length % 3 === 0 ? [instance, 1 - instance] : [instance];
        await Promise.all(both.map(async (i) => instances[i]?.apply(batch)));
        fault = null;
        if (nextFault) await instances[1 - instance]?.apply(batch);
      }
      // Counts a batch that an instance could not.
      await instances[0]?.apply(events.slice(0, 1));
      const delivered = new Set([0, ...deliveries.flatMap(({ events }) => events)]);
      const expected = [...delivered].reduce((sum, i) => sum + 2 ** (i % 20), 0);
      const [total, head] = [await instances[0]?.units(), await instances[0]?.head()];
      store.close();
      assert.deepEqual([total, head?.units['p']], [expected, expected]);
    }),
    { numRuns: 150 },
  );
});
