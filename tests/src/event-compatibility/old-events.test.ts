import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lineOf } from '@tandem/cart/domain/line';
import { type HoldResponse, responsesOf } from '@tandem/cart/domain/reservation';
import { cartKey, catalogKey, catalogSyncKey } from '@tandem/cart/store/entity-types';
import type { TandemEvent } from '@tandem/contracts/events';
import { supported } from '@tandem/contracts/published';
import { readEvent } from '@tandem/contracts/read-event';
import { live } from '@tandem/product/domain/product';
import { availableOf } from '@tandem/product/domain/stock';
import { productKey, reservationKey } from '@tandem/product/store/entity-types';
import { eventsOfType } from '../support/events.ts';
import { deliver, NOW } from '../support/histories/delivery.ts';
import { frozenVersions } from './frozen.ts';
import { openCartConsumer, openProductConsumer } from './consumers.ts';

const supportedVersions = (await frozenVersions()).filter(({ major }) => major >= supported.oldestRead);
const newProduct = (productId: string) => ({
  productId,
  name: 'x',
  price: 1,
  currency: 'EUR',
  inventory: 100,
});

for (const { name, recorded, foreign } of supportedVersions) {
  const recordedEvents = recorded.map(({ event }) => read(event));
  const foreignEvents = foreign.map((body) => read(body));

  describe(`events of ${name}`, () => {
    test('are applied by both services, whether their products and carts exist or not', async () => {
      for (const event of [...recordedEvents, ...foreignEvents]) {
        for (const isKnown of [true, false]) {
          using product = await openProductConsumer(isKnown ? productIdsOf(event).map(newProduct) : []);
          using cart = openCartConsumer();
          if (isKnown) for (const response of responsesOf(event)) await cart.storeRequest(response, 1);
          await deliver(product.apply, [event]);
          await deliver(cart.apply, [event]);
        }
      }
    });

    test('change the stock and get the responses in Product as recorded', async () => {
      using product = await openProductConsumer([]);
      for (const event of recordedEvents) {
        if (event.eventType === 'ProductCreated') await product.create(event);
        if (event.eventType === 'ProductDeleted') await product.delete(event.productId);
        if (event.eventType === 'InventoryReservationExpired')
          await product.expire(event.productId, event.cartId);
        if (event.eventType === 'ProductUpdated' && event.onHand !== undefined) {
          const stored = live(await product.table.get(productKey(event.productId)));
          // A difference that neither a hold nor a sale causes is a merchant's count.
          if (stored && stored.onHand !== event.onHand) await product.count(event.productId, event.onHand);
        }
        await deliver(product.apply, [event]);
      }
      const responses = await product.responses();
      assert.deepEqual(
        responses.map(textOf).toSorted(),
        recordedEvents.flatMap(responsesOf).map(textOf).toSorted(),
      );
      const stockEvents = recordedEvents.filter((event) => 'inventory' in event);
      for (const { productId, inventory, onHand, held } of new Map(
        stockEvents.map((event) => [event.productId, event]),
      ).values()) {
        const stored = live(await product.table.get(productKey(productId))) ?? assert.fail(productId);
        const stock = { inventory: availableOf(stored), onHand: stored.onHand, held: stored.held };
        assert.deepEqual(stock, { inventory, onHand, held }, productId);
      }
    });

    test("update Cart's read model and the held units of its lines as recorded", async () => {
      using cart = openCartConsumer();
      for (const event of recordedEvents) {
        for (const response of responsesOf(event))
          await cart.storeRequest(response, requestedQtyOf(event, response));
        await deliver(cart.apply, [event]);
        for (const { cartId, productId, heldQty, outcome, availableQty } of responsesOf(event)) {
          const { lines = [] } = (await cart.table.get(cartKey(cartId))) ?? {};
          const line = lineOf(lines, productId) ?? assert.fail();
          assert.equal(line.heldQty, heldQty);
          if (outcome === 'confirmed') assert.equal(line.qty, heldQty);
          if (outcome !== 'rejected' || heldQty === 0) continue;
          assert.deepEqual([line.qty, line.shortage?.availableQty], [heldQty, availableQty]);
        }
      }
      const entries = recordedEvents.filter((event) => 'updatedAt' in event);
      for (const [productId, events] of Map.groupBy(entries, (event) => event.productId)) {
        const newest = events.reduce((a, b) => (b.version >= a.version ? b : a));
        const entry = await cart.table.get(catalogKey(productId));
        if (newest.eventType === 'ProductDeleted') assert.ok(entry && 'deleted' in entry);
        else {
          const { version, name, price, currency, inventory, maxPerCart, incarnation, updatedAt } = newest;
          const required = { productId, version, name, price, currency, inventory, updatedAt };
          const optional = { ...(maxPerCart && { maxPerCart }), ...(incarnation && { incarnation }) };
          assert.deepEqual(entry, { ...required, ...optional });
        }
      }
    });

    test('complete the synchronisation that Cart requested', async () => {
      for (const completed of eventsOfType(
        [...recordedEvents, ...foreignEvents],
        'ProductSnapshotCompleted',
      )) {
        using cart = openCartConsumer();
        const state = {
          version: 1,
          status: 'requested',
          requestId: completed.snapshotId,
          changedAt: NOW,
          appliedCount: completed.productCount,
        } as const;
        await cart.table.update(catalogSyncKey, () => ({ state, events: [] }));
        await deliver(cart.apply, [completed]);
        assert.equal((await cart.table.get(catalogSyncKey))?.status, 'synchronised');
      }
    });

    test('start a snapshot from its beginning or from their cursor', async () => {
      for (const request of eventsOfType([...recordedEvents, ...foreignEvents], 'ProductSnapshotRequested')) {
        using product = await openProductConsumer([newProduct('~last')]);
        await deliver(product.apply, [request]);
        const { requestId: snapshotId, publishedCount = 0 } = request;
        const [page, completed, ...more] = product.published;
        assert.partialDeepStrictEqual(page, { productId: '~last', snapshotId });
        assert.partialDeepStrictEqual(completed, { snapshotId, productCount: publishedCount + 1 });
        assert.deepEqual(more, []);
      }
    });

    test('of other producers without lineQty have the quantity of the line in qty', async () => {
      for (const event of eventsOfType(foreignEvents, 'ProductAddedToCart')) {
        using product = await openProductConsumer([newProduct(event.productId)]);
        await deliver(product.apply, [event]);
        const reservation = await product.table.get(reservationKey(event.productId, event.cartId));
        assert.equal(reservation?.held, event.lineQty ?? event.qty);
      }
    });
  });
}

function read(body: unknown): TandemEvent {
  const reading = readEvent(body);
  assert.ok(reading.ok, JSON.stringify(reading));
  return reading.event;
}

/** Ids of an event's products. */
function productIdsOf(event: TandemEvent): readonly string[] {
  if ('items' in event) return event.items.map(({ productId }) => productId);
  return 'productId' in event ? [event.productId] : [];
}

/** Quantity that a line requested before a response. */
function requestedQtyOf(event: TandemEvent, { heldQty }: HoldResponse): number {
  if (event.eventType === 'InventoryReservationExpired') return event.qty;
  return event.eventType === 'InventoryReservationRejected' ? event.requestedQty : heldQty;
}

/** Text of a response without its id and time. */
function textOf(response: HoldResponse): string {
  const { outcome, cartId, productId, cartVersion, revision, heldQty, availableQty } = response;
  const units = availableQty === undefined ? heldQty : `${heldQty}, ${availableQty} available`;
  return `${outcome} ${productId} ${cartId}/${cartVersion}/${revision}: ${units}`;
}
