import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assumptions } from '@tandem/bill/assumptions';
import { type Phase, scenarios } from '@tandem/bill/traffic';
import { mapServices } from '@tandem/contracts/topology';
import { scenarioOf, type ObservedTraffic } from './observed-traffic.ts';

const [reference] = scenarios;
assert.ok(reference);
const referenceMix = { reference, isRead: (name: string) => /^(read|list) /.test(name) };
const hour = 3_600_000;
const none = mapServices(() => ({ reads: 0, writes: 0 }));
const observed: ObservedTraffic = {
  requests: { ...none, product: { reads: 90, writes: 30 }, cart: { reads: 0, writes: 60 } },
  sinceMs: 0,
  untilMs: hour,
};
const requestsOf = (phases: readonly Phase[]) =>
  phases.reduce((sum, { hours, product, cart }) => sum + hours * 60 * (product + cart), 0);
const shareOfReads = (weights: object) => {
  const entries = Object.entries(weights) as [string, number][];
  const sum = (operations: typeof entries) => operations.reduce((all, [, weight]) => all + weight, 0);
  return sum(entries.filter(([name]) => referenceMix.isRead(name))) / sum(entries);
};

test('without observed traffic there is no scenario', () => {
  const month = scenarioOf({ ...observed, requests: none }, { times: 1, isAllDay: true }, referenceMix);
  assert.equal(month, undefined);
});

test('constant traffic: the observed rate times the multiple', () => {
  const month = scenarioOf(observed, { times: 10, isAllDay: true }, referenceMix);
  assert.deepEqual(month?.phases, [
    { hours: assumptions.hours, ...mapServices(() => 0), product: 20, cart: 10 },
  ]);
});

test('once a day: the observed traffic is repeated on each day of the month', () => {
  const month = scenarioOf(observed, { times: 1, isAllDay: false }, referenceMix);
  assert.ok(month);
  assert.ok(Math.abs(requestsOf(month.phases) - (180 * assumptions.hours) / 24) < 1e-6);
  assert.equal(
    month.phases.reduce((sum, { hours }) => sum + hours, 0),
    assumptions.hours,
  );
});

test('traffic observed for longer than a day fills the month', () => {
  const long = { ...observed, untilMs: 48 * hour };
  assert.equal(scenarioOf(long, { times: 1, isAllDay: false }, referenceMix)?.phases.length, 1);
});

test('the mix has the observed ratio of reads and writes', () => {
  const mix = scenarioOf(observed, { times: 1, isAllDay: true }, referenceMix)?.mix;
  assert.ok(mix);
  assert.ok(Math.abs(shareOfReads(mix.product) - 0.75) < 1e-9);
  assert.equal(shareOfReads(mix.cart), 0);
});

test('a service without requests keeps the reference mix at a rate of 0', () => {
  const requests = { ...none, product: observed.requests.product };
  const month = scenarioOf({ ...observed, requests }, { times: 1, isAllDay: true }, referenceMix);
  assert.deepEqual(month?.mix.cart, reference.mix.cart);
  assert.equal(month?.phases[0]?.cart, 0);
});
