import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change, ChangeFeed } from '@tandem/storage/table';
import { createLockstep } from './lockstep.ts';

const QUEUE = 'product-cart-events-queue';
const change = (id: string): Change => ({ id, kind: 'cart', key: id, expired: false });

/** A feed of changes that come one by one. */
function feedOf(changes: Change[]): ChangeFeed {
  return {
    read: async (limit) => changes.slice(0, limit),
    checkpoint: async ({ id }) => void changes.splice(0, changes.findIndex((it) => it.id === id) + 1),
  };
}

/** Whether a promise is settled once everything that was ready has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  const later = new Promise((resolve) => setTimeout(resolve, 20, pending));
  return (await Promise.race([promise, later])) !== pending;
}

test('a relay is given all changes together, once the request is over', async () => {
  const lockstep = createLockstep();
  const changes = [change('1')];
  const feed = lockstep.paced('carts', feedOf(changes));
  lockstep.changed('carts');
  lockstep.changed('carts');
  let answer = () => {};
  const request = lockstep.request(() => new Promise<void>((resolve) => (answer = resolve)));
  const read = feed.read(100, new AbortController().signal);
  changes.push(change('2'));
  assert.equal(await isSettled(read), false);
  answer();
  await request;
  assert.deepEqual(
    (await read).map(({ id }) => id),
    ['1', '2'],
  );
});

test('a consumer receives when what was changed has been published, and rest is when it has deleted', async () => {
  const lockstep = createLockstep();
  const feed = lockstep.paced('carts', feedOf([change('1')]));
  lockstep.changed('carts');
  lockstep.enqueued(QUEUE, 1);
  const turn = lockstep.beforeReceive(QUEUE);
  const rest = lockstep.atRest();
  assert.equal(await isSettled(turn), false);
  await feed.checkpoint(change('1'));
  await turn;
  lockstep.received(QUEUE, 1);
  assert.equal(lockstep.consuming('product'), QUEUE);
  assert.equal(await isSettled(rest), false);
  lockstep.deleted(QUEUE, 1);
  await rest;
  assert.equal(lockstep.consuming('product'), undefined);
});

test('who waits for a turn gives up when the system stops', async () => {
  const lockstep = createLockstep();
  const turn = lockstep.beforeReceive(QUEUE);
  lockstep.stop();
  await assert.rejects(turn, { name: 'AbortError' });
});
