import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapServices, topology } from '@tandem/contracts/topology';
import { mix } from '@tandem/load/mix';
import { BATCHES } from '@tandem/analytics/messaging/compaction';
import { assumptions } from './assumptions.ts';
import { readMeasured, readPrices } from './files.ts';
import { serviceMeasurement, unmeasuredWarning } from './measurement.ts';

const measured = readMeasured();
const again = 'run npm run measure';

test('every request of the mix was measured', () => {
  const known = Object.values(mix).flatMap((weights) => Object.keys(weights));
  assert.deepEqual(Object.keys(measured.operations).sort(), known.sort(), again);
});

test('services and event types that were not measured are a warning', () => {
  const { services, events, batches } = measured;
  const [missing] = Object.keys(services);
  const { CartExpired } = events;
  const warning = unmeasuredWarning({
    services: { ...services, [String(missing)]: undefined },
    batches,
    events: { CartExpired },
  });
  assert.match(
    String(warning),
    new RegExp(`^not measured: .*service ${missing}, .*event .*; run npm run measure$`),
  );
  assert.doesNotMatch(String(warning), /CartExpired/);
  const eventTypes = Object.values(topology.topics).flatMap((topic) => topic.eventTypes);
  assert.equal(
    unmeasuredWarning({
      batches: {},
      services: mapServices((service) => serviceMeasurement(measured, service)),
      events: { ...Object.fromEntries(eventTypes.map((type) => [type, CartExpired])), CartExpired },
    }),
    undefined,
  );
});

test('for a service that was not measured the largest figures are assumed', () => {
  const [first, second] = Object.values(measured.services);
  assert.ok(first && second);
  const assumed = serviceMeasurement(measured, 'unknown');
  for (const [name, value] of Object.entries(assumed))
    assert.equal(
      value,
      Math.max(...Object.values(measured.services).map((figures) => figures[name as keyof typeof figures])),
      name,
    );
});

test('the measurement names only existing tables, indexes and topics', () => {
  const places = new Set(
    Object.entries(topology.tables).flatMap(([table, { indexes }]) => [
      table,
      ...Object.keys(indexes).map((index) => `${table}/${index}`),
    ]),
  );
  for (const [name, { read, write, messages }] of Object.entries(measured.operations)) {
    for (const place of Object.keys({ ...read, ...write }))
      assert.ok(places.has(place), `${name}: ${place}; ${again}`);
    for (const message of Object.keys(messages))
      assert.ok(
        Object.keys(topology.topics).some((topic) => message.startsWith(`${topic} `)),
        message,
      );
  }
});

test('an expiring hold is removed from the index, and Product publishes its expiry', () => {
  const { expiry, sweep } = measured.holds;
  assert.ok((expiry.write['products/byHoldExpiry'] ?? 0) > 0, again);
  assert.equal(expiry.messages['product-events-topic InventoryReservationExpired'], 1);
  assert.deepEqual([sweep.read, sweep.write], [{ 'products/byHoldExpiry': 0.5 }, {}]);
});

test('operations that change data write, and reads do not', () => {
  for (const [name, { write }] of Object.entries(measured.operations)) {
    assert.equal(Object.keys(write).length === 0, /^(read|list) /.test(name), name);
  }
});

test('batches were measured in ascending sizes for each way of polling, and large ones cost less by the event', () => {
  const { sizes = [], batchesPerCompaction } = measured.batches.analytics ?? {};
  assert.equal(batchesPerCompaction, BATCHES, again);
  for (const { gathering } of Object.values(assumptions.polling)) {
    const points = sizes.filter((point) => point.gathering === gathering);
    const perEvent = points.map(({ write, events }) => write / events);
    assert.ok(points.length >= 5, again);
    assert.ok(points.every(({ perMinute }, i) => perMinute > (points[i - 1]?.perMinute ?? 0)));
    assert.ok(perEvent.every((units, i) => i === 0 || units <= (perEvent[i - 1] ?? 0)));
  }
});

test('each price has a source, a date and a unit', () => {
  const { prices, free } = readPrices();
  for (const [name, { value, unit, source, date }] of [...Object.entries(prices), ...Object.entries(free)]) {
    assert.ok(value > 0 && unit !== '' && source !== '', name);
    assert.match(date, /^20\d\d-\d\d/, name);
  }
});
