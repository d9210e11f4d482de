import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import { acceptPrice } from '../domain/accept-price.ts';
import { addItem, removeItem, setQuantity } from '../domain/cart.ts';
import { requireProduct } from '../domain/catalog.ts';
import { renewHolds } from '../domain/hold.ts';
import type { Caller, Carts, Change } from './carts.ts';
import { cartKey } from '../store/entity-types.ts';
import { caller, NOW, openStore } from './testing.ts';

const GUEST = 'guest';
const MINE = 'mine';
const DAY_MS = 86_400_000;

/** Opens a guest's cart, empty, and a user's cart with a unit; the guest's is stored or not. */
async function openCarts(t: TestContext, isStored: boolean) {
  const store = await openStore(t, { reservationWaitMs: 0 });
  const openedAt = (cartId: string) => (cartId === GUEST ? Date.parse(NOW) : undefined);
  const user = caller('user-1', isStored ? {} : { openedAt });
  const { carts, table } = store.first;
  await carts.open(user, MINE);
  await carts.change(user, MINE, add('p'), 'p');
  const guest: Caller = { ...user, identity: undefined };
  const { cart } = await carts.open(guest, GUEST);
  assert.equal((await table.get(cartKey(GUEST))) !== undefined, isStored);
  await store.publishedEvents();
  return { ...store, carts, table, user, guest, opened: cart };
}

const add =
  (productId: string): Change =>
  (cart, catalog, times) =>
    addItem(cart, requireProduct(catalog, productId), 1, times);
const set =
  (qty: number): Change =>
  (cart, catalog, times) =>
    setQuantity(cart, 'p', catalog, qty, times);
const never = { meetsPreconditions: () => false };

type Step = (
  carts: Carts,
  callers: { user: Caller; guest: Caller; clock: { now: string } },
) => Promise<unknown>;

const steps: Readonly<Record<string, Step>> = {
  read: (carts, { guest }) => carts.read(guest, GUEST),
  'read as a user': (carts, { user }) => carts.read(user, GUEST),
  'read without the secret': (carts, { guest }) =>
    carts.read({ ...guest, knowsSecretOf: () => false }, GUEST),
  add: (carts, { guest }) => carts.change(guest, GUEST, add('p'), 'p'),
  'add an unknown product': (carts, { guest }) => carts.change(guest, GUEST, add('q'), 'q'),
  'add with a precondition that fails': (carts, { guest }) =>
    carts.change({ ...guest, ...never }, GUEST, add('p'), 'p'),
  'set a quantity': (carts, { guest }) => carts.change(guest, GUEST, set(3), 'p'),
  'set the quantity 0': (carts, { guest }) => carts.change(guest, GUEST, set(0), 'p'),
  remove: (carts, { guest }) =>
    carts.change(guest, GUEST, (cart, _catalog, times) => removeItem(cart, 'p', times)),
  'accept a price': (carts, { guest }) =>
    carts.change(guest, GUEST, (cart, catalog, times) => acceptPrice(cart, 'p', catalog, {}, times)),
  hold: (carts, { guest }) => carts.change(guest, GUEST, renewHolds),
  'check out': (carts, { guest }) => carts.checkOut(guest, GUEST),
  delete: (carts, { guest }) => carts.delete(guest, GUEST),
  'merge into mine': (carts, { user }) => carts.merge(user, MINE, GUEST),
  'merge mine': (carts, { user }) => carts.merge(user, GUEST, MINE),
  'merge with itself': (carts, { guest }) => carts.merge(guest, GUEST, GUEST),
  'wait for six days': async (_carts, { clock }) => {
    clock.now = new Date(Date.parse(clock.now) + 6 * DAY_MS).toISOString();
  },
};

async function outcomeOf(action: Promise<unknown>): Promise<unknown> {
  try {
    return await action;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { code, kind, details } = error;
    return { code, kind, details };
  }
}

test("security 2: a guest's cart that is not stored yet behaves like a stored one, in every sequence of three requests", async (t) => {
  const names = Object.keys(steps);
  for (const first of names)
    for (const second of names) {
      const results = [];
      for (const isStored of [true, false]) {
        const { carts, user, guest, clock, opened, publishedEvents } = await openCarts(t, isStored);
        const outcomes: unknown[] = [opened];
        for (const name of [first, second, 'read', 'add', 'wait for six days', 'read'])
          outcomes.push(await outcomeOf(steps[name]?.(carts, { user, guest, clock }) ?? Promise.reject()));
        results.push({ outcomes, events: await publishedEvents() });
      }
      assert.deepEqual(results[1], results[0], `${first}, then ${second}`);
    }
});

test("security 2: opening a guest's cart, reading it and requests that change nothing write nothing", async (t) => {
  const { carts, user, guest, clock, writes, table } = await openCarts(t, false);
  const before = writes.length;
  for (const name of [
    'read',
    'set the quantity 0',
    'remove',
    'accept a price',
    'check out',
    'add an unknown product',
  ])
    await outcomeOf(steps[name]?.(carts, { user, guest, clock }) ?? Promise.reject());
  assert.equal(writes.length, before);
  await carts.change(guest, GUEST, add('p'), 'p');
  assert.equal((await table.get(cartKey(GUEST)))?.version, 2);
});

test('security 2: an empty cart of a guest expires after its lifetime, and cannot be opened in the future', async (t) => {
  const { carts, guest, clock } = await openCarts(t, false);
  clock.now = new Date(Date.parse(NOW) + 7 * DAY_MS - 1_000).toISOString();
  assert.equal((await carts.read(guest, GUEST)).version, 1);
  clock.now = new Date(Date.parse(NOW) + 7 * DAY_MS).toISOString();
  await assert.rejects(carts.read(guest, GUEST), { kind: 'notFound' });
  await assert.rejects(carts.change(guest, GUEST, add('p'), 'p'), { kind: 'notFound' });
  clock.now = new Date(Date.parse(NOW) - 61_000).toISOString();
  await assert.rejects(carts.read(guest, GUEST), { kind: 'notFound' });
});

test('security 2: concurrent first lines of a guest are all stored', async (t) => {
  const { first, second, guest } = await openCarts(t, false);
  await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      (i % 2 === 0 ? first : second).carts.change(guest, GUEST, add('p'), 'p'),
    ),
  );
  const cart = await first.carts.read(guest, GUEST);
  assert.deepEqual([cart.version, cart.items[0]?.qty], [21, 20]);
});
