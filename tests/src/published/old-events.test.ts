import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lineOf } from '@tandem/cart/domain/line';
import { type Answer, answersOf } from '@tandem/cart/domain/reservation';
import { cartKey, catalogKey, catalogSyncKey } from '@tandem/cart/store/kinds';
import type { EventOf, EventType, TandemEvent } from '@tandem/contracts/events';
import { supported } from '@tandem/contracts/published';
import { readEvent } from '@tandem/contracts/read-event';
import { live } from '@tandem/product/domain/product';
import { productKey, reservationKey } from '@tandem/product/store/kinds';
import { deliver, NOW } from '../messaging/histories.ts';
import { frozenVersions } from './frozen.ts';
import { openCart, openProduct } from './stages.ts';

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
          if (isKnown && 'cartId' in event && 'productId' in event) await cart.asks(event);
          await deliver(product.apply, [event]);
          await deliver(cart.apply, [event]);
        }
      }
    });

    test('move the stock at Product as they did, and are answered as they were', async () => {
      using product = await openProduct([]);
      for (const event of story) {
        if (event.eventType === 'ProductCreated') await product.create(event);
        if (event.eventType === 'ProductDeleted') await product.delete(event.productId);
        await deliver(product.apply, [event]);
      }
      const answers = await product.answers();
      assert.deepEqual(answers.map(essence).toSorted(), story.flatMap(answersOf).map(essence).toSorted());
      const told = story.filter((event) => 'inventory' in event);
      const last = new Map(told.map(({ productId, inventory }) => [productId, inventory]));
      for (const [productId, inventory] of last)
        assert.equal(live(await product.table.get(productKey(productId)))?.inventory, inventory, productId);
    });

    test('fill the catalog of Cart and answer its lines as they did', async () => {
      using cart = openCart();
      for (const event of story) {
        for (const answer of answersOf(event)) await cart.asks(answer);
        await deliver(cart.apply, [event]);
        for (const answer of answersOf(event)) {
          const { lines = [] } = (await cart.table.get(cartKey(answer.cartId))) ?? {};
          const { reserved, rejected } = lineOf(lines, answer.productId) ?? {};
          if (answer.eventType === 'InventoryReserved') assert.equal(reserved, true);
          else assert.equal(rejected?.availableQty, answer.availableQty);
        }
      }
      const entries = story.filter((it) => 'version' in it);
      for (const [productId, events] of Map.groupBy(entries, (event) => event.productId)) {
        const newest = events.reduce((a, b) => (b.version >= a.version ? b : a));
        const entry = await cart.table.get(catalogKey(productId));
        if (newest.eventType === 'ProductDeleted') assert.ok(entry && 'deleted' in entry);
        else {
          const { version, name, price, currency, inventory, updatedAt } = newest;
          assert.deepEqual(entry, { productId, version, name, price, currency, inventory, updatedAt });
        }
      }
    });

    test('end the synchronisation of Cart whose request they answer', async () => {
      for (const completed of of([...story, ...others], 'ProductSnapshotCompleted')) {
        using cart = openCart();
        const state = {
          version: 1,
          status: 'requested',
          requestId: completed.snapshotId,
          changedAt: NOW,
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

/** Of each product the first. */
/** What an answer says, whenever and under whatever id. */
function essence(answer: Answer): string {
  const { eventType, cartId, productId, cartVersion } = answer;
  const units = 'qty' in answer ? answer.qty : `${answer.availableQty} of ${answer.requestedQty}`;
  return `${eventType} ${productId} ${cartId}/${cartVersion}: ${units}`;
}
