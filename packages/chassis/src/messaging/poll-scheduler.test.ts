import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPollScheduler, type PollSchedulerOptions } from './poll-scheduler.ts';

/** Creates a scheduler; `waits` records the duration of each of its waits, in milliseconds. */
function openScheduler(options: Partial<PollSchedulerOptions> = {}) {
  const waits: number[] = [];
  const scheduler = createPollScheduler({
    pauseMs: 1_000,
    fullBatch: 10,
    ping: async () => undefined,
    signal: new AbortController().signal,
    wait: async (ms) => void waits.push(ms),
    ...options,
  });
  return { scheduler, waits };
}

test('pauses once after a batch that is not full, and not after an empty or a full one', async () => {
  const { scheduler, waits } = openScheduler();
  await scheduler.untilNext();
  scheduler.received(10);
  await scheduler.untilNext();
  assert.deepEqual(waits, [], 'no batch, then a full one: more messages may be queued');
  scheduler.received(9);
  await scheduler.untilNext();
  await scheduler.untilNext();
  assert.deepEqual(waits, [1_000], 'once: no batch was received since');
});

test('does not pause by default', async () => {
  const { scheduler, waits } = openScheduler({ pauseMs: 0 });
  scheduler.received(1);
  await scheduler.untilNext();
  assert.deepEqual(waits, []);
});

test('a stop ends the pause', async () => {
  const stopping = new AbortController();
  const scheduler = createPollScheduler({
    pauseMs: 60_000,
    fullBatch: 10,
    ping: async () => undefined,
    signal: stopping.signal,
  });
  scheduler.received(1);
  const untilNext = scheduler.untilNext();
  stopping.abort();
  await untilNext;
});

test('while the circuit is open, the dependency is polled with backoff, and nothing is received', async () => {
  let pings = 0;
  const ping = async () => {
    pings += 1;
    if (pings < 9) throw new Error('unavailable');
  };
  const { scheduler, waits } = openScheduler({ ping });
  scheduler.unavailable();
  await scheduler.untilNext();
  assert.deepEqual(waits, [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]);
  assert.equal(pings, 9);
});

test('if pings succeed but writes fail, the backoff grows with each batch until one succeeds', async () => {
  const { scheduler, waits } = openScheduler({ pauseMs: 0 });
  for (let batch = 0; batch < 3; batch++) {
    scheduler.unavailable();
    await scheduler.untilNext();
  }
  assert.deepEqual(waits, [100, 200, 400]);
  await scheduler.untilNext();
  scheduler.unavailable();
  await scheduler.untilNext();
  assert.deepEqual(waits, [100, 200, 400, 100]);
});
