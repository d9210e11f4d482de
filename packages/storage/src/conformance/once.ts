import assert from 'node:assert/strict';
import { DomainError, type ErrorKind } from '@tandem/chassis/errors';
import type { IdempotentRequest } from '@tandem/chassis/http/idempotency';
import { isAnswered, transactOnce } from '../once.ts';
import { key, put, type Table } from '../table.ts';
import { add, changesUntil, eventIds, happened, type Store, test, thing } from './fixtures.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const a = key(thing, 'a');

/** A request of a client, which counts how often it was told that its answer is an old one. */
function requestAt(now: number, changes: Partial<IdempotentRequest> = {}) {
  const told = { replays: 0 };
  const request: IdempotentRequest = {
    id: 'caller, path and key',
    fingerprint: 'body',
    expiresAt: Math.floor((now + DAY_MS) / 1000),
    onReplay: () => void told.replays++,
    ...changes,
  };
  return { request, told };
}

/** Adds one and answers with what that came to, and with text that JSON could spell in more than one way. */
function addOne(table: Table, request: IdempotentRequest | undefined, ...events: string[]): Promise<unknown> {
  return transactOnce(table, request, [a], (read) => {
    const { state } = add(1)(read.get(a));
    const answer = { z: state.count, a: '\u00e9/\u2028', nothing: null, price: 1e21 };
    return { answer, writes: [put(a, state, events.map(happened))] };
  });
}

function refuseAs(kind: ErrorKind) {
  return () => {
    throw new DomainError(kind, 'no', 'not like this', { details: { left: 3 } });
  };
}

function isRefusal(kind: ErrorKind, code = 'no') {
  return (error: unknown) => error instanceof DomainError && error.kind === kind && error.code === code;
}

/** A request with a key: carried out once, and answered the same from then on. */
export function onceConforms(open: () => Promise<Store>): void {
  test('without a key every request is carried out', open, async ({ table }) => {
    await addOne(table, undefined);
    await addOne(table, undefined);
    assert.equal((await table.get(a))?.count, 2);
    assert.equal(await isAnswered(table, undefined), false);
  });

  test(
    'a repeated request writes nothing and has the same answer, byte by byte',
    open,
    async ({ table, feed, clock }) => {
      const { request, told } = requestAt(clock.now);
      assert.equal(await isAnswered(table, request), false);
      const first = JSON.stringify(await addOne(table, request, 'first'));
      assert.equal(told.replays, 0);
      assert.equal(await isAnswered(table, request), true);
      await table.update(a, add(10));
      for (let repeats = 1; repeats <= 3; repeats++) {
        assert.equal(JSON.stringify(await addOne(table, request, 'again')), first);
        assert.equal(told.replays, repeats);
      }
      assert.equal((await table.get(a))?.count, 11);
      await table.update(a, add(0, happened('last')));
      const events = (await changesUntil(feed, 'last')).flatMap(eventIds);
      assert.deepEqual(events, ['first', 'last']);
    },
  );

  test('at the same time from many processes it is carried out once', open, async ({ tableOver, clock }) => {
    const tables = Array.from({ length: 4 }, () => tableOver());
    const { request, told } = requestAt(clock.now);
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, i) => addOne(tables[i % 4] ?? tableOver(), request)),
    );
    assert.equal(new Set(answers.map((answer) => JSON.stringify(answer))).size, 1);
    assert.equal(told.replays, 23);
    assert.equal((await tableOver().get(a))?.count, 1);
  });

  test(
    'another body under the same key is unprocessable, and carried out never',
    open,
    async ({ table, clock }) => {
      await addOne(table, requestAt(clock.now).request);
      const { request, told } = requestAt(clock.now, { fingerprint: 'another body' });
      await assert.rejects(addOne(table, request), isRefusal('unprocessable', 'idempotency-key-reused'));
      assert.equal(told.replays, 0);
      assert.equal((await table.get(a))?.count, 1);
    },
  );

  test('requests of other ids do not share an answer', open, async ({ table, clock }) => {
    await addOne(table, requestAt(clock.now).request);
    await addOne(table, requestAt(clock.now, { id: 'another key' }).request);
    assert.equal((await table.get(a))?.count, 2);
  });

  test('a conflict is kept with all that it says', open, async ({ table, clock }) => {
    const { request, told } = requestAt(clock.now);
    await assert.rejects(transactOnce(table, request, [a], refuseAs('conflict')), isRefusal('conflict'));
    const { message, details } = await addOne(table, request).then(
      () => assert.fail('it was carried out'),
      (error: unknown) => error as DomainError,
    );
    assert.deepEqual([message, details], ['not like this', { left: 3 }]);
    assert.equal(told.replays, 1);
    assert.equal(await table.get(a), undefined);
  });

  for (const kind of ['notFound', 'unavailable', 'invalid', 'unprocessable', 'preconditionFailed'] as const) {
    test(
      `what is refused as ${kind} decides nothing, and can be repeated`,
      open,
      async ({ table, clock }) => {
        const { request, told } = requestAt(clock.now);
        await assert.rejects(transactOnce(table, request, [a], refuseAs(kind)), isRefusal(kind));
        assert.equal(await isAnswered(table, request), false);
        await addOne(table, request);
        assert.equal(told.replays, 0);
        assert.equal((await table.get(a))?.count, 1);
      },
    );
  }

  test('an answer is forgotten after a day, and not before', open, async ({ table, clock }) => {
    clock.now = Math.ceil(clock.now / 1000) * 1000;
    const { request, told } = requestAt(clock.now);
    const first = await addOne(table, request);
    clock.now += DAY_MS - 1;
    assert.deepEqual(await addOne(table, request), first);
    clock.now += 1;
    const { request: later } = requestAt(clock.now, { fingerprint: 'another body' });
    await addOne(table, later);
    assert.equal(told.replays, 1);
    assert.equal((await table.get(a))?.count, 2);
    await assert.rejects(addOne(table, request), isRefusal('unprocessable', 'idempotency-key-reused'));
  });

  test(
    'an answer commits with its writes or not at all',
    open,
    async ({ table, driver, tableOver, clock }) => {
      const { request } = requestAt(clock.now);
      const breaking = tableOver({
        ...driver,
        write: () => Promise.reject(new DomainError('unavailable', 'store-unavailable', 'not now')),
      });
      await assert.rejects(addOne(breaking, request), isRefusal('unavailable', 'store-unavailable'));
      assert.equal(await isAnswered(table, request), false);
      let meddled = false;
      const meddledWith = tableOver({
        ...driver,
        async write(puts) {
          if (!meddled) {
            meddled = true;
            await table.update(a, add(10));
          }
          return driver.write(puts);
        },
      });
      const answer = await addOne(meddledWith, request);
      assert.deepEqual(answer, await addOne(table, request));
      assert.equal((answer as { z: number }).z, 11);
    },
  );
}
