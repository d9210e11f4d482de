import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assumptions } from '@tandem/bill/assumptions';
import { scenarios } from '@tandem/bill/traffic';
import { scenarioOf, type Seen } from './seen.ts';

const [like] = scenarios;
assert.ok(like);
const likeness = { like, isRead: (name: string) => /^(read|list) /.test(name) };
const hour = 3_600_000;
const seen: Seen = {
  product: { reads: 90, writes: 30 },
  cart: { reads: 0, writes: 60 },
  sinceMs: 0,
  untilMs: hour,
};
const requestsOf = (phases: readonly { hours: number; product: number; cart: number }[]) =>
  phases.reduce((sum, { hours, product, cart }) => sum + hours * 60 * (product + cart), 0);
const shareOfReads = (weights: object) => {
  const entries = Object.entries(weights) as [string, number][];
  const sum = (of: typeof entries) => of.reduce((all, [, weight]) => all + weight, 0);
  return sum(entries.filter(([name]) => likeness.isRead(name))) / sum(entries);
};

test('where nothing was seen there is no month of it', () => {
  const nothing = { reads: 0, writes: 0 };
  assert.equal(
    scenarioOf({ ...seen, product: nothing, cart: nothing }, { times: 1, isAllDay: true }, likeness),
    undefined,
  );
});

test('day and night: the rate that was seen, so many times', () => {
  const month = scenarioOf(seen, { times: 10, isAllDay: true }, likeness);
  assert.deepEqual(month?.phases, [{ hours: assumptions.hours, product: 20, cart: 10 }]);
});

test('once a day: what was seen comes as many times as a month has days', () => {
  const month = scenarioOf(seen, { times: 1, isAllDay: false }, likeness);
  assert.ok(month);
  assert.ok(Math.abs(requestsOf(month.phases) - (180 * assumptions.hours) / 24) < 1e-6);
  assert.equal(
    month.phases.reduce((sum, { hours }) => sum + hours, 0),
    assumptions.hours,
  );
});

test('what took longer than a day is all of the month', () => {
  const long = { ...seen, untilMs: 48 * hour };
  assert.equal(scenarioOf(long, { times: 1, isAllDay: false }, likeness)?.phases.length, 1);
});

test('as many read and write as were seen', () => {
  const mix = scenarioOf(seen, { times: 1, isAllDay: true }, likeness)?.mix;
  assert.ok(mix);
  assert.ok(Math.abs(shareOfReads(mix.product) - 0.75) < 1e-9);
  assert.equal(shareOfReads(mix.cart), 0);
});

test('a service that nobody asked keeps a mix, which nothing is made of', () => {
  const month = scenarioOf(
    { ...seen, cart: { reads: 0, writes: 0 } },
    { times: 1, isAllDay: true },
    likeness,
  );
  assert.deepEqual(month?.mix.cart, like.mix.cart);
  assert.equal(month?.phases[0]?.cart, 0);
});
