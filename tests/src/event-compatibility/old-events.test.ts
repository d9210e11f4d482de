import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lineOf } from '@tandem/cart/domain/line';
import { type HoldResponse, responsesOf } from '@tandem/cart/domain/reservation';
import { cartKey, catalogKey, catalogSyncKey } from '@tandem/cart/store/entity-types';
import type { EventOf, EventType, TandemEvent } from '@tandem/contracts/events';
import { supported } from '@tandem/contracts/published';
import { readEvent } from '@tandem/contracts/read-event';
import { live } from '@tandem/product/domain/product';
import { availableOf } from '@tandem/product/domain/stock';
import { productKey, reservationKey } from '@tandem/product/store/entity-types';
import { deliver, NOW } from '../support/event-histories.ts';
import { frozenVersions } from './frozen.ts';
import { openCart, openProduct } from './consumers.ts';

const stillRead = (await frozenVersions()).filter(({ major }) => major >= supported.oldestRead);
const stocked = (productId: string) => ({ productId, name: 'x', price: 1, currency: 'EUR', inventory: 100 });

for (const { name, recorded, foreign } of stillRead) {
  const story = recorded.map(({ event }) => read(event));
  const others = foreign.map((body) => read(body));

  describe(`events of ${name}`, () => {
    test('are applied by both services, each alone, whether their subjects are known or not', async () => {
      for (const event of [...story, ...others]) {
        for (const isKnown of [true, false]) {
          using product = await openProduct(isKnown ? productIdsOf(event).map(stocked) : []);
          using cart = openCart();
          if (isKnown) for (const response of responsesOf(event)) await cart.requests(response, 1);
          await deliver(product.apply, [event]);
          await deliver(cart.apply, [event]);
        }
      }
    });

    test('move the stock at Product as they did, and get the responses that they got', async () => {
      using product = await openProduct([]);
      for (const event of story) {
        if (event.eventType === 'ProductCreated') await product.create(event);
        if (event.eventType === 'ProductDeleted') await product.delete(event.productId);
        if (event.eventType === 'InventoryReservationExpired')
          await product.expire(event.productId, event.cartId);
        if (event.eventType === 'ProductUpdated' && event.onHand !== undefined) {
          const stored = live(await product.table.get(productKey(event.productId)));
          // What neither a hold nor a sale has changed, a merchant has counted.
          if (stored && stored.onHand !== event.onHand) await product.count(event.productId, event.onHand);
        }
        await deliver(product.apply, [event]);
      }
      const responses = await product.responses();
      assert.deepEqual(responses.map(essence).toSorted(), story.flatMap(responsesOf).map(essence).toSorted());
      const told = story.filter((event) => 'inventory' in event);
      for (const { productId, inventory, onHand, held } of new Map(
        told.map((it) => [it.productId, it]),
      ).values()) {
        const stored = live(await product.table.get(productKey(productId))) ?? assert.fail(productId);
        const stock = { inventory: availableOf(stored), onHand: stored.onHand, held: stored.held };
        assert.deepEqual(stock, { inventory, onHand, held }, productId);
      }
    });

    test("fill Cart's read model and set the held units of its lines, as they did", async () => {
      using cart = openCart();
      for (const event of story) {
        for (const response of responsesOf(event))
          await cart.requests(response, requestedQtyOf(event, response));
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
      const entries = story.filter((it) => 'version' in it);
      for (const [productId, events] of Map.groupBy(entries, (event) => event.productId)) {
        const newest = events.reduce((a, b) => (b.version >= a.version ? b : a));
        const entry = await cart.table.get(catalogKey(productId));
        if (newest.eventType === 'ProductDeleted') assert.ok(entry && 'deleted' in entry);
        else {
          const { version, name, price, currency, inventory, maxPerCart, incarnation, updatedAt } = newest;
          const known = { productId, version, name, price, currency, inventory, updatedAt };
          const optional = { ...(maxPerCart && { maxPerCart }), ...(incarnation && { incarnation }) };
          assert.deepEqual(entry, { ...known, ...optional });
        }
      }
    });

    test('complete the synchronisation that Cart requested', async () => {
      for (const completed of of([...story, ...others], 'ProductSnapshotCompleted')) {
        using cart = openCart();
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

    test('have a snapshot published, from its beginning or the place that they name', async () => {
      for (const request of of([...story, ...others], 'ProductSnapshotRequested')) {
        using product = await openProduct([stocked('~last')]);
        await deliver(product.apply, [request]);
        const { requestId: snapshotId, publishedCount = 0 } = request;
        const [page, completed, ...more] = product.published;
        assert.partialDeepStrictEqual(page, { productId: '~last', snapshotId });
        assert.partialDeepStrictEqual(completed, { snapshotId, productCount: publishedCount + 1 });
        assert.deepEqual(more, []);
      }
    });

    test('of others mean what they meant: without lineQty, qty is all that the line has', async () => {
      for (const event of of(others, 'ProductAddedToCart')) {
        using product = await openProduct([stocked(event.productId)]);
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

function of<T extends EventType>(events: readonly TandemEvent[], type: T): readonly EventOf<T>[] {
  return events.filter((event): event is Extract<TandemEvent, EventOf<T>> => event.eventType === type);
}

/** The products whose stock an event is about. */
function productIdsOf(event: TandemEvent): readonly string[] {
  if ('items' in event) return event.items.map(({ productId }) => productId);
  return 'productId' in event ? [event.productId] : [];
}

/** The quantity of a line that gets a response of an event. */
function requestedQtyOf(event: TandemEvent, { heldQty }: HoldResponse): number {
  if (event.eventType === 'InventoryReservationExpired') return event.qty;
  return event.eventType === 'InventoryReservationRejected' ? event.requestedQty : heldQty;
}

/** What a response says, whenever and under whatever id. */
function essence(response: HoldResponse): string {
  const { outcome, cartId, productId, cartVersion, revision, heldQty, availableQty } = response;
  const units = availableQty === undefined ? heldQty : `${heldQty}, ${availableQty} available`;
  return `${outcome} ${productId} ${cartId}/${cartVersion}/${revision}: ${units}`;
}
