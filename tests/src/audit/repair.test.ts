import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publicIdOf } from '@tandem/cart/http/cart-ids';
import { cartKey } from '@tandem/cart/store/entity-types';
import type { EventType } from '@tandem/contracts/events';
import type { Product } from '@tandem/product/domain/product';
import { productKey, reservationKey } from '@tandem/product/store/entity-types';
import { put } from '@tandem/storage/table';
import { until } from '../support/until.ts';
import {
  type AuditResult,
  type DamagedSystem,
  fillCart,
  isOfType,
  withDamagedSystem,
} from './damaged-system.ts';

/** Asserts that one difference of this kind is requireProduct, repaired by these event types, and gone afterwards. */
async function assertRepaired(
  { audit }: DamagedSystem,
  kind: string,
  eventTypes: readonly EventType[],
): Promise<AuditResult> {
  const found = await audit();
  assert.deepEqual(
    found.differences.map((difference) => difference.kind),
    [kind],
  );
  assert.equal(found.left, 1);
  const repaired = await audit({ isRepair: true });
  assert.deepEqual(
    repaired.differences.map(({ kind, outcome }) => [kind, outcome]),
    [[kind, 'repaired']],
  );
  assert.deepEqual(
    repaired.published.map(({ eventType }) => eventType),
    eventTypes,
  );
  assert.deepEqual((await audit()).differences, []);
  return repaired;
}

test('lost removal event: the hold is released', () =>
  withDamagedSystem(async (system) => {
    const { shop, losing } = system;
    await shop.putProduct('mug');
    const cartId = await fillCart(system, { mug: 3 });
    await losing(isOfType('ProductRemovedFromCart'), () => shop.call('DELETE', `/carts/${cartId}/items/mug`));
    assert.equal((await shop.product('mug')).body.inventory, 97);
    await assertRepaired(system, 'holdWithoutLine', ['ProductRemovedFromCart']);
    assert.equal((await shop.product('mug')).body.inventory, 100);
  }));

test('deleted cart: its hold is released', () =>
  withDamagedSystem(async (system) => {
    const { shop, tables } = system;
    await shop.putProduct('mug');
    const cartId = await fillCart(system, { mug: 3 });
    const publicId = publicIdOf(cartId);
    await system.losing(isOfType('CartExpired'), async () => {
      await tables.cart.update(cartKey(publicId), (cart) => ({
        state: cart && { ...cart, version: cart.version + 1, expiresAt: '2020-01-01T00:00:00Z' },
        events: [],
      }));
      await until(
        () => system.isStored('cart', `cart#${publicId}`),
        (isStored) => !isStored,
      );
    });
    await assertRepaired(system, 'holdWithoutLine', ['CartExpired']);
    assert.equal((await shop.product('mug')).body.inventory, 100);
  }));

test('lost reservation request: it is published again', () =>
  withDamagedSystem(async (system) => {
    const { shop, losing } = system;
    await shop.putProduct('mug');
    const cartId = await fillCart(system, { mug: 1 });
    await losing(isOfType('ProductAddedToCart'), () => shop.add(cartId, 'mug', 4));
    await assertRepaired(system, 'requestUnseen', ['InventoryReservationRequested']);
    assert.equal((await shop.product('mug')).body.inventory, 95);
  }));

test('lost response: Product responds again', () =>
  withDamagedSystem(async (system) => {
    const { shop, losing } = system;
    await shop.putProduct('mug');
    const cartId = await fillCart(system, { mug: 1 });
    await losing(isOfType('ProductUpdated', 'InventoryReserved'), () => shop.add(cartId, 'mug', 1));
    await assertRepaired(system, 'responseLost', ['InventoryReservationRequested']);
    assert.equal((await shop.product('mug')).body.inventory, 98);
  }));

test('lost expiry event: Product responds again, and holds nothing', () =>
  withDamagedSystem(
    async (system) => {
      const { shop, losing } = system;
      await shop.putProduct('mug');
      await losing(isOfType('InventoryReservationExpired'), async () => {
        await fillCart(system, { mug: 2 });
        await until(
          () => shop.product('mug'),
          ({ body }) => body.inventory === 100,
        );
      });
      await assertRepaired(system, 'holdDiffers', ['InventoryReservationRequested']);
      assert.equal((await shop.product('mug')).body.inventory, 100);
    },
    { HOLD_SECONDS: '2' },
  ));

test('reservation missing in Product: it is requested again', () =>
  withDamagedSystem(async (system) => {
    const { shop, tables } = system;
    await shop.putProduct('mug');
    const cartId = publicIdOf(await fillCart(system, { mug: 2 }));
    const key = reservationKey('mug', cartId);
    await tables.product.transact([key, productKey('mug')], (read) => {
      const product = read.get(productKey('mug')) as Product;
      const reservation = read.get(key);
      if (!reservation) throw new Error('no reservation');
      const { heldUntil: _, dueAt: __, ...kept } = reservation;
      const lost = {
        ...kept,
        version: kept.version + 1,
        cartVersion: 1,
        held: 0,
        outcome: 'released' as const,
      };
      return {
        writes: [
          put(key, lost),
          put(productKey('mug'), { ...product, version: product.version + 1, held: 0 }),
        ],
      };
    });
    await assertRepaired(system, 'holdDiffers', ['InventoryReservationRequested']);
    assert.equal((await shop.product('mug')).body.inventory, 98);
  }));

test('order that was not applied: its sale is published again', () =>
  withDamagedSystem(async (system) => {
    const { shop, losing } = system;
    await shop.putProduct('mug');
    const cartId = await fillCart(system, { mug: 2 });
    await losing(isOfType('CartCheckedOut'), () => shop.checkOut(cartId));
    const { published } = await assertRepaired(system, 'orderNotApplied', ['CartCheckedOut']);
    const order = await shop.cart(cartId);
    assert.equal(
      published[0]?.eventType === 'CartCheckedOut' && published[0].timestamp,
      order.body.updatedAt,
    );
    const { onHand, held } = (await shop.product('mug')).body;
    assert.deepEqual({ onHand, held }, { onHand: 98, held: 0 });
  }));

test('core 13: lost event of a merge: the target keeps its 5 units, and no other cart can reserve them in between', () =>
  withDamagedSystem(async (system) => {
    const { shop, losing, audit } = system;
    await shop.putProduct('mug', { inventory: 5 });
    const [source, target] = [await fillCart(system, { mug: 5 }), await shop.openCart()];
    await losing(isOfType('ProductAddedToCart', 'ProductRemovedFromCart'), () => shop.merge(target, source));
    const { published } = await assertRepaired(system, 'requestUnseen', ['InventoryReservationRequested']);
    const [request] = published;
    assert.ok(request?.eventType === 'InventoryReservationRequested');
    assert.deepEqual(
      request.items[0]?.movedFrom?.map(({ cartId }) => cartId),
      [publicIdOf(source)],
    );
    const { onHand, held, inventory } = (await shop.product('mug')).body;
    assert.deepEqual({ onHand, held, inventory }, { onHand: 5, held: 5, inventory: 0 });
    const { body } = await shop.cart(target);
    assert.deepEqual(
      body.items.map(({ qty, availability }) => [qty, availability]),
      [[5, 'available']],
    );
    assert.deepEqual((await audit()).differences, []);
  }));
