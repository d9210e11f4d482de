import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change, ChangeFeed } from '@tandem/storage/table';
import { follow } from './follow.ts';
import type { Relay } from './relay.ts';

const quiet = { error: () => undefined };

function changesOf(ids: string): Change[] {
  return ids.split('').map((id) => ({ id, kind: 'thing', key: id, expired: false }));
}

/**
 * Follows a feed of these changes, each named by a letter, until all are behind the checkpoint. `answer` says, from a
 * batch and the number of the attempt, which letters fail, or throws. Resolves to the batches and the checkpoints.
 */
async function followed(ids: string, answer: (batch: string, attempt: number) => string) {
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
    assert.ok(batches.length < 20, 'it never ends');
    const names = batch.map(({ id }) => id).join('');
    batches.push(names);
    const failing = answer(names, batches.length);
    return { failed: batch.filter(({ id }) => failing.includes(id)) };
  };
  await follow(feed, relay, { signal: done.signal, log: quiet });
  return { batches, checkpoints };
}

test('relays a batch and moves the checkpoint behind it', async () => {
  assert.deepEqual(await followed('abc', () => ''), { batches: ['abc'], checkpoints: ['c'] });
});

test('the checkpoint stays before the first that failed, from which it is tried again', async () => {
  const { batches, checkpoints } = await followed('abcde', (_, attempt) => (attempt === 1 ? 'db' : ''));
  assert.deepEqual({ batches, checkpoints }, { batches: ['abcde', 'bcde'], checkpoints: ['a', 'e'] });
});

test('where the first fails nothing moves', async () => {
  const { batches, checkpoints } = await followed('ab', (_, attempt) => (attempt <= 2 ? 'a' : ''));
  assert.deepEqual({ batches, checkpoints }, { batches: ['ab', 'ab', 'ab'], checkpoints: ['b'] });
});

test('a relay that throws is tried again with all of the batch', async () => {
  const { batches, checkpoints } = await followed('ab', (_, attempt) => {
    if (attempt === 1) throw new Error('no topic');
    return '';
  });
  assert.deepEqual({ batches, checkpoints }, { batches: ['ab', 'ab'], checkpoints: ['b'] });
});

test('pauses between failures, longer each time', async () => {
  const times: number[] = [];
  await followed('a', (_, attempt) => {
    times.push(performance.now());
    return attempt <= 3 ? 'a' : '';
  });
  const pauses = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  for (const [i, least] of [95, 190, 380].entries()) assert.ok((pauses[i] ?? 0) >= least, pauses.join());
});

test('continues after errors of the feed, and logs each', async () => {
  const stop = new AbortController();
  const relayed: string[] = [];
  const logged: object[] = [];
  let [reads, checkpoints] = [0, 0];
  const failing = new Error('the store is down');
  const feed: ChangeFeed = {
    read: async () => {
      reads += 1;
      if (reads === 1) throw failing;
      return changesOf('a');
    },
    checkpoint: async () => {
      checkpoints += 1;
      if (checkpoints === 1) throw failing;
      stop.abort();
    },
  };
  const relay: Relay = async (changes) => {
    relayed.push(...changes.map(({ id }) => id));
    return { failed: [] };
  };
  const log = { error: (fields: object) => void logged.push(fields) };
  await follow(feed, relay, { signal: stop.signal, log });
  assert.deepEqual(relayed, ['a', 'a'], 'once more, for its checkpoint was not moved');
  assert.deepEqual(logged, [{ err: failing }, { err: failing }]);
});

test('ends at once on abort: while it waits for changes', async () => {
  const stop = new AbortController();
  const feed: ChangeFeed = {
    read: (_, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve([]));
        setImmediate(() => stop.abort());
      }),
    checkpoint: () => assert.fail('nothing was relayed'),
  };
  await follow(feed, async () => ({ failed: [] }), { signal: stop.signal, log: quiet });
});

test('stops at once on abort, also while it backs off after a failure', async () => {
  const stop = new AbortController();
  const feed: ChangeFeed = {
    read: async () => changesOf('a'),
    checkpoint: () => assert.fail('nothing was published'),
  };
  let calls = 0;
  const relay: Relay = async (failed) => {
    calls += 1;
    if (calls === 4) setImmediate(() => stop.abort());
    return { failed };
  };
  const begun = performance.now();
  await follow(feed, relay, { signal: stop.signal, log: quiet });
  assert.equal(calls, 4);
  assert.ok(performance.now() - begun < 100 + 200 + 400 + 800, 'the fourth pause was cut short');
});

test('what was being relayed at the abort is finished and noted, and then it ends', async () => {
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
  await follow(feed, relay, { signal: stop.signal, log: quiet });
  assert.deepEqual(checkpoints, ['b']);
});
