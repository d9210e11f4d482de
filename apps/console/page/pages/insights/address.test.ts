import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOfView, datesOf, type View, viewOf } from './address.ts';

const defaultView: View = { range: { days: 30 }, sort: 'unitsCheckedOut' };

test('the address of the page alone is the default view', () => {
  assert.deepEqual(viewOf('#/insights'), defaultView);
  assert.equal(addressOfView(defaultView), '#/insights');
});

test('each view can be read from its address', () => {
  const ranges = [{ days: 7 }, { days: 90 }, { from: '2026-02-01', to: '2026-02-14' }];
  for (const range of ranges)
    for (const productId of [undefined, 'mug', 'a/b', 'a?b=c&d', 'a b', '100%', 'ä😀', '#'])
      for (const sort of ['unitsCheckedOut', 'unitsExpired'] as const) {
        const view: View = { range, sort, ...(productId !== undefined && { productId }) };
        assert.deepEqual(viewOf(addressOfView(view)), view);
      }
});

test('an address with unknown values is read as the default view', () => {
  for (const query of [
    'days=31',
    'days=x',
    'from=2026-02-01',
    'from=2026-02-01&to=tomorrow',
    'from=2026-13-01&to=2026-13-02',
    'sort=price',
    'sort=toString',
  ])
    assert.deepEqual(viewOf(`#/insights?${query}`), defaultView, query);
  assert.deepEqual(viewOf('#/insights/%'), defaultView);
});

test('the latest days end today, in UTC', () => {
  const now = Date.parse('2026-03-01T23:59:59.999Z');
  assert.deepEqual(datesOf({ days: 7 }, now), { from: '2026-02-23', to: '2026-03-01' });
  assert.deepEqual(datesOf({ days: 1 }, now + 1), { from: '2026-03-02', to: '2026-03-02' });
  const fixed = { from: '2026-01-01', to: '2026-01-31' };
  assert.deepEqual(datesOf(fixed, now), fixed);
});
