import assert from 'node:assert/strict';
import { DomainError, type ErrorKind } from '@tandem/chassis/errors';
import type { IdempotentRequest } from '@tandem/chassis/http/idempotency';
import { hasResponse, transactIdempotently } from '../idempotent-transaction.ts';
import { key, put, type Table } from '../table.ts';
import { add, changesUntil, eventIds, sampleEvent, type Store, test, thing } from './fixtures.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const a = key(thing, 'a');

/** A request of a client; `counts` has the number of its replayed responses. */
function requestAt(now: number, changes: Partial<IdempotentRequest> = {}) {
  const counts = { replays: 0 };
  const request: IdempotentRequest = {
    id: 'caller, path and key',
    fingerprint: 'body',
    expiresAt: Math.floor((now + DAY_MS) / 1000),
    onReplay: () => void counts.replays++,
    ...changes,
  };
  return { request, counts };
}

/** Adds one. The response has the sum, and values with more than one JSON representation. */
function addOne(table: Table, request: IdempotentRequest | undefined, ...events: string[]): Promise<unknown> {
  return transactIdempotently(table, request, [a], (read) => {
    const { state } = add(1)(read.get(a));
    const response = { z: state.count, a: '\u00e9/\u2028', nothing: null, price: 1e21 };
    return { response, writes: [put(a, state, events.map(sampleEvent))] };
  });
}

function rejectAs(kind: ErrorKind) {
  return () => {
    throw new DomainError(kind, 'rejected', 'Rejected', { details: { left: 3 } });
  };
}

function isRejection(kind: ErrorKind, code = 'rejected') {
  return (error: unknown) => error instanceof DomainError && error.kind === kind && error.code === code;
}

/** Conformance of requests with an idempotency key: applied once, with a replayed response for each retry. */
export function idempotencyConforms(open: () => Promise<Store>): void {
  test('every request without a key is applied', open, async ({ table }) => {
    await addOne(table, undefined);
    await addOne(table, undefined);
    assert.equal((await table.get(a))?.count, 2);
    assert.equal(await hasResponse(table, undefined), false);
  });

  test(
    'a retried request writes nothing and has the same response, byte by byte',
    open,
    async ({ table, feed, clock }) => {
      const { request, counts } = requestAt(clock.now);
      assert.equal(await hasResponse(table, request), false);
      const first = JSON.stringify(await addOne(table, request, 'first'));
      assert.equal(counts.replays, 0);
      assert.equal(await hasResponse(table, request), true);
      await table.update(a, add(10));
      for (let retries = 1; retries <= 3; retries++) {
        assert.equal(JSON.stringify(await addOne(table, request, 'again')), first);
        assert.equal(counts.replays, retries);
      }
      assert.equal((await table.get(a))?.count, 11);
      await table.update(a, add(0, sampleEvent('last')));
      const events = (await changesUntil(feed, 'last')).flatMap(eventIds);
      assert.deepEqual(events, ['first', 'last']);
    },
  );

  test(
    'security 2: a large response is replayed byte by byte, and stored in a fraction of its size',
    open,
    async ({ table, driver, openTable, clock }) => {
      const items = Array.from({ length: 100 }, (_, i) => ({
        productId: `P-${(i * 7919) % 99_991}`,
        name: `Näme ${i} \u2028 \ud83c\udf81`,
        heldUntil: '2026-02-14T15:15:00.000Z',
      }));
      let storedBytes = 0;
      const measured = openTable({
        ...driver,
        write: (puts) => {
          for (const { row } of puts) storedBytes += JSON.stringify(row?.state ?? {}).length;
          return driver.write(puts);
        },
      });
      const { request, counts } = requestAt(clock.now);
      const respond = (answering: Table) =>
        transactIdempotently(answering, request, [], () => ({ response: { items }, writes: [] }));
      const first = JSON.stringify(await respond(measured));
      assert.deepEqual([JSON.stringify(await respond(table)), counts.replays], [first, 1]);
      assert.ok(storedBytes < first.length / 4, `${storedBytes} of ${first.length} bytes`);
    },
  );

  test('concurrent duplicates from many processes are applied once', open, async ({ openTable, clock }) => {
    const tables = Array.from({ length: 4 }, () => openTable());
    const { request, counts } = requestAt(clock.now);
    const responses = await Promise.all(
      Array.from({ length: 24 }, (_, i) => addOne(tables[i % 4] ?? openTable(), request)),
    );
    assert.equal(new Set(responses.map((response) => JSON.stringify(response))).size, 1);
    assert.equal(counts.replays, 23);
    assert.equal((await openTable().get(a))?.count, 1);
  });

  test('another body with a used key is unprocessable, and never applied', open, async ({ table, clock }) => {
    await addOne(table, requestAt(clock.now).request);
    const { request, counts } = requestAt(clock.now, { fingerprint: 'another body' });
    await assert.rejects(addOne(table, request), isRejection('unprocessable', 'idempotency-key-reused'));
    assert.equal(counts.replays, 0);
    assert.equal((await table.get(a))?.count, 1);
  });

  test('requests with different ids do not share a response', open, async ({ table, clock }) => {
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
      `a request rejected as ${kind} is not stored: a retry may succeed, also with another body`,
      open,
      async ({ table, clock }) => {
        const { request, counts } = requestAt(clock.now);
        for (let attempts = 0; attempts < 2; attempts++)
          await assert.rejects(transactIdempotently(table, request, [a], rejectAs(kind)), isRejection(kind));
        assert.equal(await hasResponse(table, request), false);
        assert.equal(await table.get(a), undefined);

        const { request: requestWithOtherBody } = requestAt(clock.now, { fingerprint: 'another body' });
        const first = await addOne(table, requestWithOtherBody);
        assert.equal(counts.replays, 0);
        assert.deepEqual(await addOne(table, requestWithOtherBody), first);
        await assert.rejects(addOne(table, request), isRejection('unprocessable', 'idempotency-key-reused'));
        assert.equal((await table.get(a))?.count, 1);
      },
    );
  }

  test(
    'the response of a request that succeeded is replayed, even if it would now be rejected',
    open,
    async ({ table, clock }) => {
      const { request, counts } = requestAt(clock.now);
      const first = await addOne(table, request);
      assert.deepEqual(await transactIdempotently(table, request, [a], rejectAs('conflict')), first);
      assert.equal(counts.replays, 1);
    },
  );

  test('a response is replayed for a day, and no longer', open, async ({ table, clock }) => {
    clock.now = Math.ceil(clock.now / 1000) * 1000;
    const { request, counts } = requestAt(clock.now);
    const first = await addOne(table, request);
    clock.now += DAY_MS - 1;
    assert.deepEqual(await addOne(table, request), first);
    clock.now += 1;
    const { request: laterRequest } = requestAt(clock.now, { fingerprint: 'another body' });
    await addOne(table, laterRequest);
    assert.equal(counts.replays, 1);
    assert.equal((await table.get(a))?.count, 2);
    await assert.rejects(addOne(table, request), isRejection('unprocessable', 'idempotency-key-reused'));
  });

  test('a response and its writes commit atomically', open, async ({ table, driver, openTable, clock }) => {
    const { request } = requestAt(clock.now);
    const unavailable = openTable({
      ...driver,
      write: () => Promise.reject(new DomainError('unavailable', 'store-unavailable', 'Unavailable')),
    });
    await assert.rejects(addOne(unavailable, request), isRejection('unavailable', 'store-unavailable'));
    assert.equal(await hasResponse(table, request), false);
    let hasInterrupted = false;
    const interrupted = openTable({
      ...driver,
      async write(puts) {
        if (!hasInterrupted) {
          hasInterrupted = true;
          await table.update(a, add(10));
        }
        return driver.write(puts);
      },
    });
    const response = await addOne(interrupted, request);
    assert.deepEqual(response, await addOne(table, request));
    assert.equal((response as { z: number }).z, 11);
  });
}
