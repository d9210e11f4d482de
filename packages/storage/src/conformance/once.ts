import assert from 'node:assert/strict';
import { DomainError, type ErrorKind } from '@tandem/chassis/errors';
import type { IdempotentRequest } from '@tandem/chassis/http/idempotency';
import { hasResponse, transactIdempotently } from '../idempotent-transaction.ts';
import { key, put, type Table } from '../table.ts';
import { add, changesUntil, eventIds, happened, type Store, test, thing } from './fixtures.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const a = key(thing, 'a');

/** A request of a client, and how often its response was a replayed one. */
function requestAt(now: number, changes: Partial<IdempotentRequest> = {}) {
  const counted = { replays: 0 };
  const request: IdempotentRequest = {
    id: 'caller, path and key',
    fingerprint: 'body',
    expiresAt: Math.floor((now + DAY_MS) / 1000),
    onReplay: () => void counted.replays++,
    ...changes,
  };
  return { request, counted };
}

/** Adds one; the response has the sum, and text that JSON could spell in more than one way. */
function addOne(table: Table, request: IdempotentRequest | undefined, ...events: string[]): Promise<unknown> {
  return transactIdempotently(table, request, [a], (read) => {
    const { state } = add(1)(read.get(a));
    const answer = { z: state.count, a: '\u00e9/\u2028', nothing: null, price: 1e21 };
    return { answer, writes: [put(a, state, events.map(happened))] };
  });
}

function rejectAs(kind: ErrorKind) {
  return () => {
    throw new DomainError(kind, 'no', 'not like this', { details: { left: 3 } });
  };
}

function isRejection(kind: ErrorKind, code = 'no') {
  return (error: unknown) => error instanceof DomainError && error.kind === kind && error.code === code;
}

/** A request with an idempotency key: applied once, its response replayed from then on. */
export function onceConforms(open: () => Promise<Store>): void {
  test('without a key every request is applied', open, async ({ table }) => {
    await addOne(table, undefined);
    await addOne(table, undefined);
    assert.equal((await table.get(a))?.count, 2);
    assert.equal(await hasResponse(table, undefined), false);
  });

  test(
    'a repeated request writes nothing and has the same response, byte by byte',
    open,
    async ({ table, feed, clock }) => {
      const { request, counted } = requestAt(clock.now);
      assert.equal(await hasResponse(table, request), false);
      const first = JSON.stringify(await addOne(table, request, 'first'));
      assert.equal(counted.replays, 0);
      assert.equal(await hasResponse(table, request), true);
      await table.update(a, add(10));
      for (let repeats = 1; repeats <= 3; repeats++) {
        assert.equal(JSON.stringify(await addOne(table, request, 'again')), first);
        assert.equal(counted.replays, repeats);
      }
      assert.equal((await table.get(a))?.count, 11);
      await table.update(a, add(0, happened('last')));
      const events = (await changesUntil(feed, 'last')).flatMap(eventIds);
      assert.deepEqual(events, ['first', 'last']);
    },
  );

  test('concurrent duplicates from many processes are applied once', open, async ({ tableOver, clock }) => {
    const tables = Array.from({ length: 4 }, () => tableOver());
    const { request, counted } = requestAt(clock.now);
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, i) => addOne(tables[i % 4] ?? tableOver(), request)),
    );
    assert.equal(new Set(answers.map((answer) => JSON.stringify(answer))).size, 1);
    assert.equal(counted.replays, 23);
    assert.equal((await tableOver().get(a))?.count, 1);
  });

  test(
    'another body under a key that succeeded is unprocessable, and never applied',
    open,
    async ({ table, clock }) => {
      await addOne(table, requestAt(clock.now).request);
      const { request, counted } = requestAt(clock.now, { fingerprint: 'another body' });
      await assert.rejects(addOne(table, request), isRejection('unprocessable', 'idempotency-key-reused'));
      assert.equal(counted.replays, 0);
      assert.equal((await table.get(a))?.count, 1);
    },
  );

  test('requests of other ids do not share a response', open, async ({ table, clock }) => {
    await addOne(table, requestAt(clock.now).request);
    await addOne(table, requestAt(clock.now, { id: 'another key' }).request);
    assert.equal((await table.get(a))?.count, 2);
  });

  for (const kind of [
    'conflict',
    'notFound',
    'unavailable',
    'invalid',
    'unprocessable',
    'preconditionFailed',
  ] as const) {
    test(
      `a request rejected as ${kind} is not stored: its key may succeed later, also with another body`,
      open,
      async ({ table, clock }) => {
        const { request, counted } = requestAt(clock.now);
        for (let attempts = 0; attempts < 2; attempts++)
          await assert.rejects(transactIdempotently(table, request, [a], rejectAs(kind)), isRejection(kind));
        assert.equal(await hasResponse(table, request), false);
        assert.equal(await table.get(a), undefined);

        const { request: otherBody } = requestAt(clock.now, { fingerprint: 'another body' });
        const first = await addOne(table, otherBody);
        assert.equal(counted.replays, 0);
        assert.deepEqual(await addOne(table, otherBody), first);
        await assert.rejects(addOne(table, request), isRejection('unprocessable', 'idempotency-key-reused'));
        assert.equal((await table.get(a))?.count, 1);
      },
    );
  }

  test('a request that would now be rejected is replayed if it succeeded', open, async ({ table, clock }) => {
    const { request, counted } = requestAt(clock.now);
    const first = await addOne(table, request);
    assert.deepEqual(await transactIdempotently(table, request, [a], rejectAs('conflict')), first);
    assert.equal(counted.replays, 1);
  });

  test('a response is replayed for a day, and no longer', open, async ({ table, clock }) => {
    clock.now = Math.ceil(clock.now / 1000) * 1000;
    const { request, counted } = requestAt(clock.now);
    const first = await addOne(table, request);
    clock.now += DAY_MS - 1;
    assert.deepEqual(await addOne(table, request), first);
    clock.now += 1;
    const { request: later } = requestAt(clock.now, { fingerprint: 'another body' });
    await addOne(table, later);
    assert.equal(counted.replays, 1);
    assert.equal((await table.get(a))?.count, 2);
    await assert.rejects(addOne(table, request), isRejection('unprocessable', 'idempotency-key-reused'));
  });

  test(
    'a response commits with its writes or not at all',
    open,
    async ({ table, driver, tableOver, clock }) => {
      const { request } = requestAt(clock.now);
      const breaking = tableOver({
        ...driver,
        write: () => Promise.reject(new DomainError('unavailable', 'store-unavailable', 'not now')),
      });
      await assert.rejects(addOne(breaking, request), isRejection('unavailable', 'store-unavailable'));
      assert.equal(await hasResponse(table, request), false);
      let hasInterrupted = false;
      const interrupted = tableOver({
        ...driver,
        async write(puts) {
          if (!hasInterrupted) {
            hasInterrupted = true;
            await table.update(a, add(10));
          }
          return driver.write(puts);
        },
      });
      const answer = await addOne(interrupted, request);
      assert.deepEqual(answer, await addOne(table, request));
      assert.equal((answer as { z: number }).z, 11);
    },
  );
}
