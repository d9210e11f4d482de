import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cart } from '@tandem/cart/domain/cart';
import { RESERVATION_PENDING } from '@tandem/cart/domain/checkout';
import { lineOf } from '@tandem/cart/domain/line';
import { cartKey } from '@tandem/cart/store/kinds';
import { live } from '@tandem/product/domain/product';
import { productKey, reservationKey } from '@tandem/product/store/kinds';
import * as fc from 'fast-check';
import { openLoop, type Step, type StepOf } from './loop.ts';

/** What a cart asked for at that version. */
interface Claim {
  readonly cartId: string;
  readonly productId: string;
  readonly changedAt: number;
}
type Loop = Awaited<ReturnType<typeof openLoop>>;

const productIds = ['p', 'q'];
const CARTS = 4;
const carts = fc.nat({ max: CARTS + 1 });
const ofLine = { cart: carts, productId: fc.constantFrom(...productIds) };
const change = (weight: number, arbitrary: fc.Arbitrary<Step>) => ({ weight, arbitrary });
const steps: fc.Arbitrary<Step> = fc.oneof(
  change(2, fc.record({ do: fc.constant('open') })),
  change(12, fc.record({ do: fc.constant('add'), ...ofLine, qty: fc.integer({ min: 1, max: 4 }) })),
  change(4, fc.record({ do: fc.constant('set'), ...ofLine, qty: fc.nat({ max: 5 }) })),
  change(4, fc.record({ do: fc.constant('merge'), cart: carts, from: carts })),
  change(6, fc.record({ do: fc.constant('checkOut'), cart: carts })),
  change(1, fc.record({ do: fc.constant('delete'), cart: carts })),
  change(1, fc.record({ do: fc.constant('wait'), days: fc.integer({ min: 1, max: 3 }) })),
  change(1, fc.record({ do: fc.constant('sweep') })),
  change(
    1,
    fc.record({
      do: fc.constant('restock'),
      productId: ofLine.productId,
      delta: fc.integer({ min: -2, max: 3 }),
    }),
  ),
  change(
    20,
    fc.record({
      do: fc.constant('deliver'),
      to: fc.constantFrom('product', 'cart'),
      messages: fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 6 }),
      again: fc.boolean(),
    }),
  ),
);
const stocks = fc.record({ p: fc.nat({ max: 8 }), q: fc.nat({ max: 8 }) });

/** The lines of a merge for which all units were held: they must be held after it, whatever others want. */
async function heldBefore(loop: Loop, step: StepOf<'merge'>): Promise<Claim[]> {
  const [target, source] = await Promise.all(
    [step.cart, step.from].map(async (nth) => loop.carts.get(cartKey(loop.cartId(nth)))),
  );
  if (!target || !source || source.mergedInto === target.cartId) return [];
  return source.lines.flatMap(({ productId, reserved }) =>
    reserved && (lineOf(target.lines, productId)?.reserved ?? !lineOf(target.lines, productId))
      ? [{ cartId: target.cartId, productId, changedAt: target.version + 1 }]
      : [],
  );
}

/** Delivers what is under way, and what that causes, in an order that the numbers choose; carts that have expired go. */
async function toRest(loop: Loop, order: readonly number[]): Promise<void> {
  await loop.take({ do: 'sweep' });
  for (let i = 0; ; i++) {
    const { product, cart } = loop.waiting();
    if (product + cart === 0) return;
    const nth = order[i % order.length] ?? 0;
    const to = cart === 0 || (product > 0 && nth % 2 === 0) ? 'product' : 'cart';
    await loop.take({ do: 'deliver', to, messages: [nth, nth + 1], again: nth % 5 === 0 });
  }
}

async function cartsOf(loop: Loop): Promise<Cart[]> {
  const found = await Promise.all(loop.cartIds.map(async (cartId) => loop.carts.get(cartKey(cartId))));
  return found.flatMap((cart) => cart ?? []);
}

/** How much of the product the lines have. */
function unitsOf(lines: Cart['lines'], productId: string): number {
  return lines.reduce((sum, line) => sum + (line.productId === productId ? line.qty : 0), 0);
}

async function heldBy(loop: Loop, productId: string, cartId: string): Promise<number> {
  return (await loop.products.get(reservationKey(productId, cartId)))?.held ?? 0;
}

async function inventoryOf(loop: Loop, productId: string): Promise<number> {
  return live(await loop.products.get(productKey(productId)))?.inventory ?? assert.fail('no product');
}

/** Each line of an open cart has its answer; Product holds for it what it asked for, or nothing where it said no. */
async function assertAnswered(loop: Loop, cartId: string): Promise<void> {
  const cart = await loop.carts.get(cartKey(cartId));
  for (const productId of productIds) {
    const line = cart?.status === 'open' ? lineOf(cart.lines, productId) : undefined;
    if (line) assert.notEqual(Boolean(line.reserved), Boolean(line.rejected), `${cartId} has no answer`);
    assert.equal(await heldBy(loop, productId, cartId), line?.reserved ? line.qty : 0);
  }
}

test('however carts and messages race for scarce stock: nothing is sold that was not there, and the books close', async () => {
  const happened: Record<string, number> = {};
  const count = (what: string) => (happened[what] = (happened[what] ?? 0) + 1);

  await fc.assert(
    fc.asyncProperty(
      stocks,
      fc.array(steps, { minLength: 20, maxLength: 80, size: 'max' }),
      fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 20 }),
      async (stocked, steps, order) => {
        using loop = await openLoop(stocked);
        const total: Record<string, number> = { ...stocked };
        const sold = new Map<string, Cart>();
        const kept: Claim[] = [];
        for (let cart = 0; cart < CARTS; cart++) await loop.take({ do: 'open' });

        for (const step of steps) {
          const moved = step.do === 'merge' ? await heldBefore(loop, step) : [];
          const refusal = await loop.take(step);
          if (!refusal) kept.push(...moved);
          count(`${step.do}${refusal ? `: ${refusal.code}` : ''}`);
          if (refusal?.kind === 'unavailable') assert.equal(refusal.code, RESERVATION_PENDING);
          if (step.do === 'restock' && !refusal)
            total[step.productId] = (total[step.productId] ?? 0) + step.delta;
          for (const cart of await cartsOf(loop))
            if (cart.status === 'checkedOut') sold.set(cart.cartId, cart);
          for (const id of productIds) assert.ok((await inventoryOf(loop, id)) >= 0);
        }
        await toRest(loop, order);

        const atRest = await cartsOf(loop);
        for (const productId of productIds) {
          const open = atRest.filter(({ status }) => status === 'open').flatMap(({ lines }) => lines);
          const held = unitsOf(
            open.filter(({ reserved }) => reserved),
            productId,
          );
          const gone = [...sold.values()].map(({ lines }) => unitsOf(lines, productId));
          const inventory = await inventoryOf(loop, productId);
          assert.equal(
            [inventory, held, ...gone].reduce((a, b) => a + b),
            total[productId],
          );
        }
        for (const { cartId, productId, changedAt } of kept) {
          const cart = atRest.find((cart) => cart.cartId === cartId);
          const line = lineOf(cart?.lines ?? [], productId);
          if (line?.changedAt !== changedAt) continue;
          count('kept by a merge');
          assert.ok(line.reserved, `${cartId} lost ${productId} to another cart in a merge`);
        }
        for (const cartId of loop.cartIds) await assertAnswered(loop, cartId);
        for (const cart of atRest)
          if (sold.has(cart.cartId)) assert.deepEqual(cart, sold.get(cart.cartId), 'sold is sold');
      },
    ),
    { numRuns: 100 },
  );
  for (const what of [
    'kept by a merge',
    'checkOut',
    `checkOut: ${RESERVATION_PENDING}`,
    'checkOut: lines-changed',
  ])
    assert.ok((happened[what] ?? 0) > 0, `no ${what} among ${JSON.stringify(happened)}`);
});
