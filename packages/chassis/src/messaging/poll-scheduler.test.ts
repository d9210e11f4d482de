import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPollScheduler, type PollSchedulerOptions } from './poll-scheduler.ts';

/** A scheduler, and how long it waited each time. */
function open(options: Partial<PollSchedulerOptions> = {}) {
  const waited: number[] = [];
  const scheduler = createPollScheduler({
    pauseMs: 1_000,
    fullBatch: 10,
    ping: async () => undefined,
    signal: new AbortController().signal,
    wait: async (ms) => void waited.push(ms),
    ...options,
  });
  return { scheduler, waited };
}

test('waits after a batch that was not full, once, and after no other', async () => {
  const { scheduler, waited } = open();
  await scheduler.untilNext();
  scheduler.received(10);
  await scheduler.untilNext();
  assert.deepEqual(waited, [], 'nothing came, and then more may wait');
  scheduler.received(9);
  await scheduler.untilNext();
  await scheduler.untilNext();
  assert.deepEqual(waited, [1_000], 'once: nothing came since');
});

test('does not pause by default', async () => {
  const { scheduler, waited } = open({ pauseMs: 0 });
  scheduler.received(1);
  await scheduler.untilNext();
  assert.deepEqual(waited, []);
});

test('a stop ends the wait', async () => {
  const stopping = new AbortController();
  const scheduler = createPollScheduler({
    pauseMs: 60_000,
    fullBatch: 10,
    ping: async () => undefined,
    signal: stopping.signal,
  });
  scheduler.received(1);
  const paused = scheduler.untilNext();
  stopping.abort();
  await paused;
});

test('receives nothing until the unavailable dependency responds again, and polls it with backoff', async () => {
  let pings = 0;
  const ping = async () => {
    pings += 1;
    if (pings < 9) throw new Error('away');
  };
  const { scheduler, waited } = open({ ping });
  scheduler.unavailable();
  await scheduler.untilNext();
  assert.deepEqual(waited, [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]);
  assert.equal(pings, 9);
});

test('waits longer each time where pings are answered and writes are not, until a batch went through', async () => {
  const { scheduler, waited } = open({ pauseMs: 0 });
  for (let batch = 0; batch < 3; batch++) {
    scheduler.unavailable();
    await scheduler.untilNext();
  }
  assert.deepEqual(waited, [100, 200, 400]);
  await scheduler.untilNext();
  scheduler.unavailable();
  await scheduler.untilNext();
  assert.deepEqual(waited, [100, 200, 400, 100]);
});
