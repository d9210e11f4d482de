import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cartKey } from '@tandem/cart/store/entity-types';
import type { TandemEvent } from '@tandem/contracts/events';
import { publicIdOf } from '@tandem/cart/http/cart-ids';
import type { Product } from '@tandem/product/domain/product';
import { productKey, reservationKey } from '@tandem/product/store/entity-types';
import { put } from '@tandem/storage/table';
import { until } from '../support/until.ts';
import { type Audited, type Damaged, withDamaged } from './damaged.ts';

const ofType =
  (...types: readonly TandemEvent['eventType'][]) =>
  ({ eventType }: TandemEvent) =>
    types.includes(eventType);
const kindsOf = ({ differences }: Audited) => differences.map(({ kind }) => kind).toSorted();

/** Asserts that one difference of this kind is found, repaired by these event types, and gone afterwards. */
async function assertRepaired(
  { audit }: Damaged,
  kind: string,
  eventTypes: readonly TandemEvent['eventType'][],
): Promise<Audited> {
  const found = await audit();
  assert.deepEqual(kindsOf(found), [kind]);
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

async function filled({ shop }: Damaged, lines: Readonly<Record<string, number>>): Promise<string> {
  const cartId = await shop.openCart();
  await shop.fill(cartId, lines);
  await until(
    () => shop.cart(cartId),
    ({ body }) => body.items.every((line) => 'hold' in line && line.hold === 'held'),
  );
  return cartId;
}

describe('npm run audit', () => {
  it('a system at rest has no difference after holds, sales, removals, merges and deletions', () =>
    withDamaged(async (damaged) => {
      const { shop, audit } = damaged;
      await shop.putProduct('mug');
      await shop.putProduct('cup');
      const [a, b, c, d] = await Promise.all(
        Array.from({ length: 4 }, () => filled(damaged, { mug: 2, cup: 1 })),
      );
      await shop.merge(a ?? '', b ?? '');
      await shop.call('DELETE', `/carts/${c}`);
      await until(
        () => shop.checkOut(d ?? ''),
        ({ status }) => status === 200,
      );
      await shop.call('DELETE', '/products/cup');
      await shop.putProduct('cup', { inventory: 7 });
      const report = await audit();
      assert.deepEqual(report.differences, []);
      assert.deepEqual([report.products, report.inMotion], [2, 0]);
    }));

  it('lost removal event: the hold is released', () =>
    withDamaged(async (damaged) => {
      const { shop, losing } = damaged;
      await shop.putProduct('mug');
      const cartId = await filled(damaged, { mug: 3 });
      await losing(ofType('ProductRemovedFromCart'), () => shop.call('DELETE', `/carts/${cartId}/items/mug`));
      assert.equal((await shop.product('mug')).body.inventory, 97);
      await assertRepaired(damaged, 'holdWithoutLine', ['ProductRemovedFromCart']);
      assert.equal((await shop.product('mug')).body.inventory, 100);
    }));

  it('deleted cart: its hold is released', () =>
    withDamaged(async (damaged) => {
      const { shop, tables } = damaged;
      await shop.putProduct('mug');
      const cartId = await filled(damaged, { mug: 3 });
      const publicId = publicIdOf(cartId);
      await damaged.losing(ofType('CartExpired'), async () => {
        await tables.cart.update(cartKey(publicId), (cart) => ({
          state: cart && { ...cart, version: cart.version + 1, expiresAt: '2020-01-01T00:00:00Z' },
          events: [],
        }));
        await until(
          () => damaged.isStored('cart', `cart#${publicId}`),
          (isStored) => !isStored,
        );
      });
      await assertRepaired(damaged, 'holdWithoutLine', ['CartExpired']);
      assert.equal((await shop.product('mug')).body.inventory, 100);
    }));

  it('lost reservation request: it is published again', () =>
    withDamaged(async (damaged) => {
      const { shop, losing } = damaged;
      await shop.putProduct('mug');
      const cartId = await filled(damaged, { mug: 1 });
      await losing(ofType('ProductAddedToCart'), () => shop.add(cartId, 'mug', 4));
      await assertRepaired(damaged, 'requestUnseen', ['InventoryReservationRequested']);
      assert.equal((await shop.product('mug')).body.inventory, 95);
    }));

  it('lost response: Product responds again', () =>
    withDamaged(async (damaged) => {
      const { shop, losing } = damaged;
      await shop.putProduct('mug');
      const cartId = await filled(damaged, { mug: 1 });
      await losing(ofType('ProductUpdated', 'InventoryReserved'), () => shop.add(cartId, 'mug', 1));
      await assertRepaired(damaged, 'responseLost', ['InventoryReservationRequested']);
      assert.equal((await shop.product('mug')).body.inventory, 98);
    }));

  it('lost expiry event: Product responds again, and holds nothing', () =>
    withDamaged(
      async (damaged) => {
        const { shop, losing } = damaged;
        await shop.putProduct('mug');
        await losing(ofType('InventoryReservationExpired'), async () => {
          await filled(damaged, { mug: 2 });
          await until(
            () => shop.product('mug'),
            ({ body }) => body.inventory === 100,
          );
        });
        await assertRepaired(damaged, 'holdDiffers', ['InventoryReservationRequested']);
        assert.equal((await shop.product('mug')).body.inventory, 100);
      },
      { HOLD_SECONDS: '2' },
    ));

  it('reservation missing in Product: it is requested again', () =>
    withDamaged(async (damaged) => {
      const { shop, tables } = damaged;
      await shop.putProduct('mug');
      const cartId = publicIdOf(await filled(damaged, { mug: 2 }));
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
      await assertRepaired(damaged, 'holdDiffers', ['InventoryReservationRequested']);
      assert.equal((await shop.product('mug')).body.inventory, 98);
    }));

  it('order that was not applied: its sale is published again', () =>
    withDamaged(async (damaged) => {
      const { shop, losing } = damaged;
      await shop.putProduct('mug');
      const cartId = await filled(damaged, { mug: 2 });
      await losing(ofType('CartCheckedOut'), () => shop.checkOut(cartId));
      const { published } = await assertRepaired(damaged, 'orderNotApplied', ['CartCheckedOut']);
      const order = await shop.cart(cartId);
      assert.equal(
        published[0]?.eventType === 'CartCheckedOut' && published[0].timestamp,
        order.body.updatedAt,
      );
      const { onHand, held } = (await shop.product('mug')).body;
      assert.deepEqual({ onHand, held }, { onHand: 98, held: 0 });
    }));

  it('core 13: lost event of a merge of S into T: T keeps its 5 units, and no other cart can reserve them in between', () =>
    withDamaged(async (damaged) => {
      const { shop, losing, audit } = damaged;
      await shop.putProduct('mug', { inventory: 5 });
      const [source, target] = [await filled(damaged, { mug: 5 }), await shop.openCart()];
      await losing(ofType('ProductAddedToCart', 'ProductRemovedFromCart'), () => shop.merge(target, source));
      const { published } = await assertRepaired(damaged, 'requestUnseen', ['InventoryReservationRequested']);
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

  it('releases are published before requests, so that released units can be reserved', () =>
    withDamaged(async (damaged) => {
      const { shop, losing, audit } = damaged;
      await shop.putProduct('mug', { inventory: 5 });
      const leaving = await filled(damaged, { mug: 3 });
      const wanting = await filled(damaged, { mug: 2 });
      await losing(ofType('ProductRemovedFromCart', 'ProductAddedToCart'), async () => {
        await shop.add(wanting, 'mug', 0);
        await shop.call('DELETE', `/carts/${leaving}/items/mug`);
        await shop.call('POST', '/products/mug/stock', { body: { delta: 3 } });
        await shop.fill(wanting, { mug: 3 });
        await shop.call('POST', '/products/mug/stock', { body: { onHand: 5 } });
      });
      const { published, left } = await audit({ isRepair: true });
      assert.deepEqual(
        published.map(({ eventType }) => eventType),
        ['ProductRemovedFromCart', 'InventoryReservationRequested'],
      );
      assert.equal(left, 0);
      assert.equal((await shop.product('mug')).body.held, 5);
      assert.deepEqual((await audit()).differences, []);
    }));

  it('inconsistent sums of a product are reported, and not repaired', () =>
    withDamaged(async (damaged) => {
      const { shop, tables, audit } = damaged;
      for (const productId of ['mug', 'cup', 'jug']) await shop.putProduct(productId);
      const change = (productId: string, changed: (product: Product) => Partial<Product>) =>
        tables.product.update(productKey(productId), (stored) => {
          const product = stored as Product;
          return { state: { ...product, ...changed(product), version: product.version + 1 }, events: [] };
        });
      await change('mug', () => ({ onHand: 99 }));
      await change('cup', () => ({ held: 4 }));
      await change('jug', ({ ledger }) => ({ onHand: 93, ledger: { ...ledger, sold: 7 } }));
      const { differences } = await audit({ isRepair: true });
      assert.deepEqual(
        differences
          .toSorted((a, b) => a.kind.localeCompare(b.kind))
          .map((it) => [it.kind, it.productId, it.product, 'sum' in it && it.sum, it.outcome]),
        [
          ['heldSum', 'cup', 4, 0, 'left'],
          ['soldSum', 'jug', 7, 0, 'left'],
          ['stockSum', 'mug', 99, 100, 'left'],
        ],
      );
    }));

  it('a difference whose event cannot be published is left, and repaired by the next run', () =>
    withDamaged(async (damaged) => {
      const { shop, losing, audit } = damaged;
      await shop.putProduct('mug');
      const cartId = await filled(damaged, { mug: 1 });
      await losing(ofType('ProductAddedToCart'), () => shop.add(cartId, 'mug', 1));
      const lost = await audit({
        isRepair: true,
        wrap: () => async (events) => events.map(() => ({ status: 'published' })),
      });
      assert.equal(lost.left, 1);
      const { left, repaired } = await audit({ isRepair: true });
      assert.deepEqual({ left, repaired }, { left: 0, repaired: 1 });
    }));
});
