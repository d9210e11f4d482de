import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change, ChangeFeed } from '@tandem/storage/table';
import { createLockstep } from './lockstep.ts';

const QUEUE = 'product-cart-events-queue';
const change = (id: string): Change => ({ id, kind: 'cart', key: id, expired: false });

/** Feed of a list of changes. */
function feedOf(changes: Change[]): ChangeFeed {
  return {
    read: async (limit) => changes.slice(0, limit),
    checkpoint: async ({ id }) => void changes.splice(0, changes.findIndex((stored) => stored.id === id) + 1),
  };
}

/** Whether a promise is settled once everything that was ready has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  const later = new Promise((resolve) => setTimeout(resolve, 20, pending));
  return (await Promise.race([promise, later])) !== pending;
}

test('a relay receives all changes together, once the request is over', async () => {
  const lockstep = createLockstep();
  const changes = [change('1')];
  const feed = lockstep.inLockstep('carts', feedOf(changes));
  lockstep.changed('carts');
  lockstep.changed('carts');
  let respond = () => {};
  const request = lockstep.request(() => new Promise<void>((resolve) => (respond = resolve)));
  const read = feed.read(100, new AbortController().signal);
  changes.push(change('2'));
  assert.equal(await isSettled(read), false);
  respond();
  await request;
  assert.deepEqual(
    (await read).map(({ id }) => id),
    ['1', '2'],
  );
});

test('a consumer receives once all changes are published; the system is at rest once the messages are deleted', async () => {
  const lockstep = createLockstep();
  const feed = lockstep.inLockstep('carts', feedOf([change('1')]));
  lockstep.changed('carts');
  lockstep.enqueued(QUEUE, 1);
  const turn = lockstep.beforeReceive(QUEUE);
  const rest = lockstep.atRest();
  assert.equal(await isSettled(turn), false);
  await feed.read(100, new AbortController().signal);
  await feed.checkpoint(change('1'));
  await turn;
  lockstep.received(QUEUE, 1);
  assert.equal(await isSettled(rest), false);
  lockstep.deleted(QUEUE, 1);
  await rest;
});

test('a waiting receive is rejected when the system stops', async () => {
  const lockstep = createLockstep();
  const turn = lockstep.beforeReceive(QUEUE);
  lockstep.stop();
  await assert.rejects(turn, { name: 'AbortError' });
});
