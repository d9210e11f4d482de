import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change, ChangeFeed } from '@tandem/storage/table';
import { follow } from './follow.ts';
import type { Relay } from './relay.ts';

const silentLog = { error: () => undefined, info: () => undefined };

function changesOf(ids: string): Change[] {
  return ids.split('').map((id) => ({ id, kind: 'thing', key: id, expired: false }));
}

/**
 * Follows a feed of these changes, each named by a letter, until all are acknowledged. `failuresOf` returns the letters of
 * a batch that fail at an attempt, or throws. Resolves to the relayed batches and the checkpoints.
 */
async function followChanges(ids: string, failuresOf: (batch: string, attempt: number) => string) {
  const changes = changesOf(ids);
  const done = new AbortController();
  const batches: string[] = [];
  const checkpoints: string[] = [];
  const feed: ChangeFeed = {
    read: async () => changes.slice(),
    checkpoint: async ({ id }) => {
      checkpoints.push(id);
      changes.splice(0, changes.findIndex((change) => change.id === id) + 1);
      if (changes.length === 0) done.abort();
    },
  };
  const relay: Relay = async (batch) => {
    assert.ok(batches.length < 20, 'endless retries');
    const names = batch.map(({ id }) => id).join('');
    batches.push(names);
    const failing = failuresOf(names, batches.length);
    return { failed: batch.filter(({ id }) => failing.includes(id)) };
  };
  await follow(feed, relay, { signal: done.signal, log: silentLog });
  return { batches, checkpoints };
}

test('the checkpoint moves to the end of a relayed batch', async () => {
  assert.deepEqual(await followChanges('abc', () => ''), { batches: ['abc'], checkpoints: ['c'] });
});

test('the checkpoint stays before the first failed change, from which changes are retried', async () => {
  const { batches, checkpoints } = await followChanges('abcde', (_, attempt) => (attempt === 1 ? 'db' : ''));
  assert.deepEqual({ batches, checkpoints }, { batches: ['abcde', 'bcde'], checkpoints: ['a', 'e'] });
});

test('the checkpoint does not move if the first change fails', async () => {
  const { batches, checkpoints } = await followChanges('ab', (_, attempt) => (attempt <= 2 ? 'a' : ''));
  assert.deepEqual({ batches, checkpoints }, { batches: ['ab', 'ab', 'ab'], checkpoints: ['b'] });
});

test('the whole batch is retried if the relay rejects', async () => {
  const { batches, checkpoints } = await followChanges('ab', (_, attempt) => {
    if (attempt === 1) throw new Error('no topic');
    return '';
  });
  assert.deepEqual({ batches, checkpoints }, { batches: ['ab', 'ab'], checkpoints: ['b'] });
});

test('retries back off exponentially', async () => {
  const times: number[] = [];
  await followChanges('a', (_, attempt) => {
    times.push(performance.now());
    return attempt <= 3 ? 'a' : '';
  });
  const pauses = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  for (const [i, minimum] of [95, 190, 380].entries()) assert.ok((pauses[i] ?? 0) >= minimum, pauses.join());
});

test('errors of the feed are logged and retried', async () => {
  const stop = new AbortController();
  const relayed: string[] = [];
  const logLines: object[] = [];
  let [reads, checkpoints] = [0, 0];
  const failure = new Error('the store is down');
  const feed: ChangeFeed = {
    read: async () => {
      reads += 1;
      if (reads === 1) throw failure;
      return changesOf('a');
    },
    checkpoint: async () => {
      checkpoints += 1;
      if (checkpoints === 1) throw failure;
      stop.abort();
    },
  };
  const relay: Relay = async (changes) => {
    relayed.push(...changes.map(({ id }) => id));
    return { failed: [] };
  };
  const add = (fields: object) => void logLines.push(fields);
  const log = { error: add, info: add };
  await follow(feed, relay, { signal: stop.signal, log });
  assert.deepEqual(relayed, ['a', 'a'], 'relayed again, since the checkpoint failed');
  assert.deepEqual(
    logLines,
    [{ err: failure }, { outageSeconds: 0 }],
    'one line for each change of the state',
  );
});

test('an abort ends the wait for changes', async () => {
  const stop = new AbortController();
  const feed: ChangeFeed = {
    read: (_, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve([]));
        setImmediate(() => stop.abort());
      }),
    checkpoint: () => assert.fail('nothing was relayed'),
  };
  await follow(feed, async () => ({ failed: [] }), { signal: stop.signal, log: silentLog });
});

test('an abort ends the backoff after a failure', async () => {
  const stop = new AbortController();
  const feed: ChangeFeed = {
    read: async () => changesOf('a'),
    checkpoint: () => assert.fail('nothing was published'),
  };
  let calls = 0;
  let stoppedAt = 0;
  const relay: Relay = async (failed) => {
    calls += 1;
    if (calls === 4) {
      stoppedAt = performance.now();
      setImmediate(() => stop.abort());
    }
    return { failed };
  };
  await follow(feed, relay, { signal: stop.signal, log: silentLog });
  assert.equal(calls, 4);
  assert.ok(performance.now() - stoppedAt < 800, 'the fourth pause ended early');
});

test('after an abort, the batch in flight is finished and its checkpoint is moved', async () => {
  const stop = new AbortController();
  const checkpoints: string[] = [];
  const feed: ChangeFeed = {
    read: async () => changesOf('abc'),
    checkpoint: async ({ id }) => void checkpoints.push(id),
  };
  const relay: Relay = async (batch) => {
    stop.abort();
    return { failed: batch.slice(2) };
  };
  await follow(feed, relay, { signal: stop.signal, log: silentLog });
  assert.deepEqual(checkpoints, ['b']);
});
