import assert from 'node:assert/strict';
import { afterEach, mock, test } from 'node:test';
import type { Step, TraceNode } from '../../../server/protocol.ts';
import { onPlayed, playback, playTrace, stopPlayback } from './playback.ts';

const stepAt = (at: number) => ({ kind: 'request', at }) as Step;
const trace = {
  id: 't',
  nodes: [
    { id: 'first', steps: [stepAt(1), stepAt(4)] },
    { id: 'second', steps: [stepAt(2)] },
  ] as unknown as readonly TraceNode[],
};

mock.timers.enable({ apis: ['setTimeout'] });
afterEach(stopPlayback);

test('the steps of a trace are played one by one, in the order of time', (t) => {
  const played: number[] = [];
  t.after(onPlayed(({ at }) => void played.push(at)));
  playTrace(trace);
  assert.deepEqual([played, playback.value], [[1], { traceId: 't', nodeId: 'first' }]);
  mock.timers.tick(700);
  assert.deepEqual([played, playback.value?.nodeId], [[1, 2], 'second']);
  mock.timers.tick(700);
  assert.deepEqual([played, playback.value?.nodeId], [[1, 2, 4], 'first']);
  mock.timers.tick(700);
  assert.deepEqual([played, playback.value], [[1, 2, 4], undefined]);
});

test('a trace that is played ends the former one, and can be stopped', (t) => {
  const played: number[] = [];
  t.after(onPlayed(({ at }) => void played.push(at)));
  playTrace(trace);
  playTrace(trace);
  mock.timers.tick(700);
  stopPlayback();
  mock.timers.tick(10_000);
  assert.deepEqual([played, playback.value], [[1, 1, 2], undefined]);
});
