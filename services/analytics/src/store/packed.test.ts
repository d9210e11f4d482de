import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packProducts, packShard, unpackProducts } from './packed.ts';

test('figures are what they were once they are unpacked, of a product with any id and name', () => {
  const products = {
    'p/ä#': { added: 2, addedByHour: { 0: 1, 23: 1 }, revenue: { EUR: Number.MAX_SAFE_INTEGER } },
    q: { removed: 1 },
  };
  assert.deepEqual(unpackProducts(packProducts(products)), products);
  const price = (amount: number, currency: string) => ({ price: amount, currency });
  const change = { changedAt: '2026-02-14T23:59:59.999Z', version: 7 };
  const priceChanges = [
    { ...change, from: price(0, 'EUR'), to: price(1, 'EUR') },
    { ...change, from: price(2, 'EUR'), to: price(Number.MAX_SAFE_INTEGER, 'USD') },
  ];
  const all = { added: 1, removed: 2, rejected: 3, expired: 4, checkedOut: 5, revenue: { EUR: 6 } };
  for (const counts of [
    { priceChanges },
    { ...all, addedByHour: { 5: 9 }, priceChanges },
    { revenue: { JPY: 1 } },
  ])
    assert.deepEqual(unpackProducts(packProducts({ p: counts })), { p: counts });
  assert.deepEqual(unpackProducts(packProducts({ p: { added: 0, removed: 1 } })), { p: { removed: 1 } });
  const named = Object.fromEntries([['__proto__', { added: 1 }]]);
  assert.deepEqual(Object.entries(unpackProducts(packProducts(named))), [['__proto__', { added: 1 }]]);
  assert.deepEqual(unpackProducts(packProducts({})), {});
});

test('the figures of a thousand products are packed to a twelfth of their JSON', () => {
  const products = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, i) => [
      `${22_000 + i}B`,
      {
        added: (i * 7) % 5,
        addedByHour: { 12: (i * 7) % 5 },
        checkedOut: i % 3,
        revenue: { GBP: 295 * (i % 3) },
      },
    ]),
  );
  assert.ok(packProducts(products).length < JSON.stringify(products).length / 12);
});

test('a shard that is too long for an item keeps the last price changes, or none, and all numbers', () => {
  const random = (seed: number) => ((seed * 2_654_435_761) >>> 0) % 100_000;
  const shard = (size: number) =>
    Object.fromEntries(
      Array.from({ length: size }, (_, i) => {
        const change = (version: number) => ({
          changedAt: new Date(random(i + version) * 60_000).toISOString(),
          version,
          from: { price: random(i * version), currency: 'EUR' },
          to: { price: random(i * version + 1), currency: 'EUR' },
        });
        return [`p${i}`, { added: random(i), priceChanges: [change(2), change(9), change(5)] }];
      }),
    );
  const versionsOf = (size: number) => {
    const packed = packShard(shard(size));
    assert.ok(packed.length <= 350_000);
    const products = unpackProducts(packed);
    assert.equal(Object.keys(products).length, size);
    assert.equal(products['p7']?.added, random(7));
    return products['p7']?.priceChanges?.map(({ version }) => version);
  };
  assert.deepEqual(versionsOf(100), [2, 9, 5]);
  assert.deepEqual(versionsOf(14_000), [9]);
  assert.equal(versionsOf(32_000), undefined);
});
