import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPace, type PaceOptions } from './pace.ts';

/** A pace, and how long it waited each time. */
function open(options: Partial<PaceOptions> = {}) {
  const waited: number[] = [];
  const pace = createPace({
    pauseMs: 1_000,
    fullBatch: 10,
    ping: async () => undefined,
    signal: new AbortController().signal,
    wait: async (ms) => void waited.push(ms),
    ...options,
  });
  return { pace, waited };
}

test('waits after a batch that was not full, once, and after no other', async () => {
  const { pace, waited } = open();
  await pace.untilNext();
  pace.received(10);
  await pace.untilNext();
  assert.deepEqual(waited, [], 'nothing came, and then more may wait');
  pace.received(9);
  await pace.untilNext();
  await pace.untilNext();
  assert.deepEqual(waited, [1_000], 'once: nothing came since');
});

test('does not wait where it is not told to', async () => {
  const { pace, waited } = open({ pauseMs: 0 });
  pace.received(1);
  await pace.untilNext();
  assert.deepEqual(waited, []);
});

test('a stop ends the wait', async () => {
  const stopping = new AbortController();
  const pace = createPace({
    pauseMs: 60_000,
    fullBatch: 10,
    ping: async () => undefined,
    signal: stopping.signal,
  });
  pace.received(1);
  const paused = pace.untilNext();
  stopping.abort();
  await paused;
});

test('receives nothing until what was away answers again, and asks ever more seldom', async () => {
  let pings = 0;
  const ping = async () => {
    pings += 1;
    if (pings < 9) throw new Error('away');
  };
  const { pace, waited } = open({ ping });
  pace.unavailable();
  await pace.untilNext();
  assert.deepEqual(waited, [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]);
  assert.equal(pings, 9);
});

test('waits longer each time where pings are answered and writes are not, until a batch went through', async () => {
  const { pace, waited } = open({ pauseMs: 0 });
  for (let batch = 0; batch < 3; batch++) {
    pace.unavailable();
    await pace.untilNext();
  }
  assert.deepEqual(waited, [100, 200, 400]);
  await pace.untilNext();
  pace.unavailable();
  await pace.untilNext();
  assert.deepEqual(waited, [100, 200, 400, 100]);
});
