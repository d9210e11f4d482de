import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFrames } from './frames.ts';

/** Animation of 1 s that records the times of its frames. */
function createFake() {
  const times: number[] = [];
  let state = 'running';
  const animation = {
    effect: { getComputedTiming: () => ({ endTime: 1_000 }) },
    pause: () => void (state = 'paused'),
    finish: () => void (state = 'finished'),
    set currentTime(ms: number) {
      times.push(ms);
    },
  };
  return { animation: animation as unknown as Animation, times, state: () => state };
}

/** Lets a second and a frame pass, in milliseconds of a mocked clock. */
function play(context: { readonly mock: typeof import('node:test').mock }, count: number) {
  let now = 0;
  context.mock.timers.enable({ apis: ['setTimeout'] });
  context.mock.method(performance, 'now', () => now);
  const frames = createFrames();
  const fakes = Array.from({ length: count }, createFake);
  frames.atNext(() => fakes.forEach(({ animation }) => frames.play(animation)));
  for (; now <= 1_200; now++) context.mock.timers.tick(1);
  return fakes;
}

test('a single animation is shown smoothly, and ends', (context) => {
  const [fake] = play(context, 1);
  assert.ok(fake && fake.times.length > 50, `${fake?.times.length} frames a second`);
  assert.equal(fake.state(), 'finished');
});

test('many animations move together in at most 16 frames a second, and end in time', (context) => {
  const fakes = play(context, 40);
  const [first] = fakes;
  assert.ok(first && first.times.length >= 12 && first.times.length <= 16, `${first?.times.length} frames`);
  assert.deepEqual(new Set(fakes.map(({ times }) => times.join())).size, 1, 'in the same frames');
  assert.ok(fakes.every(({ state }) => state() === 'finished'));
});
