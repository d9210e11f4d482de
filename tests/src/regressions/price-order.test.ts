import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyProductEvents } from '@tandem/cart/messaging/product-events';
import { catalogKey } from '@tandem/cart/store/entity-types';
import { readEvent } from '@tandem/contracts/read-event';
import { concurrently } from '../support/concurrency.ts';
import { publisher } from '../support/events.ts';
import { client } from '../support/http.ts';
import { atRest } from '../support/queues.ts';
import { storeName } from '../support/store.ts';
import { withTwoCarts } from './two-carts.ts';
import { until } from '../support/until.ts';

const PRICES = 30;
const NEWEST = 1000 + PRICES;

/** Every price once and half of them twice, in the same order in every run; the newest is neither first nor last. */
const bodies = [...Array(PRICES).keys(), ...Array(PRICES / 2).keys()]
  .map((i) => i + 1)
  .toSorted((a, b) => ((a * 17) % 31) - ((b * 17) % 31))
  .map((version) =>
    JSON.stringify({
      eventType: 'ProductUpdated',
      productId: 'mug',
      name: 'Mug',
      price: 1000 + version,
      currency: 'EUR',
      inventory: 10,
      updatedAt: '2026-02-14T15:00:00Z',
      version,
    }),
  );

test(`eShopOnContainers#1765: two consumers that receive prices out of order have the newest in the end, on ${storeName}`, () =>
  withTwoCarts(async ({ openCartTable }) => {
    const events = bodies.map((body) => {
      const result = readEvent(body);
      return result.ok ? result.event : assert.fail(body);
    });
    const tables = [openCartTable(), openCartTable()];
    const apply = tables.map((table) => applyProductEvents({ table, now: () => new Date().toISOString() }));
    await concurrently(2, async (position) => {
      const ordered = position === 0 ? events : events.toReversed();
      for (const event of ordered) {
        const [outcome] = (await apply[position]?.([event])) ?? [];
        assert.equal(outcome?.status, 'applied');
      }
    });
    for (const table of tables)
      assert.partialDeepStrictEqual(await table.get(catalogKey('mug')), { price: NEWEST, version: PRICES });
  }));

test(`eShopOnContainers#1765: two instances of Cart that receive prices out of order show the newest, on ${storeName}`, () =>
  withTwoCarts(async ({ urls, cartUrls }) => {
    const publish = publisher(urls.aws);
    await concurrently(3, (third) =>
      publish('product-events-topic', ...bodies.filter((_, i) => i % 3 === third)),
    );
    await atRest(urls.aws);

    for (const url of cartUrls) {
      const { add, openCart } = client(url);
      const cartId = await openCart();
      const { body } = await until(
        () => add(cartId, 'mug', 1),
        ({ status }) => status === 200,
      );
      assert.partialDeepStrictEqual(body.items, [{ priceAtAdd: NEWEST, currentPrice: NEWEST }]);
    }
  }));
