import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Result } from './rounds.ts';
import { exitCodeOf, judgeTargets, ratioOf, type Target } from './targets.ts';

const saturated = { cpuMs: 800, connections: 16 };
const result = (name: string, cpuMs: readonly number[], p99 = 1): Result => ({
  name,
  rounds: cpuMs.map((cpuMs) => ({ cpuMs, requests: 1_000, p50: 1, p99, lateP99: 0 })),
});
const slowing = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const ours = result(
  'Tandem add',
  slowing.map((ms) => ms / 2),
  4,
);
const peer = result('peer retail-cart add', slowing, 2);
const verdicts = (results: readonly Result[], load: Parameters<typeof judgeTargets>[1] = saturated) =>
  judgeTargets(results, load).map(({ name, measure, verdict }) => `${name} (${measure}): ${verdict}`);

test('the ratio is that of each round, however much the machine slows down meanwhile', () => {
  const ratio = ratioOf([ours, peer], [ours.name, peer.name]);
  assert.deepEqual([ratio?.median, ratio?.low, ratio?.high], [0.5, 0.5, 0.5]);
  assert.equal(ratioOf([ours], [ours.name, peer.name]), undefined);
});

test('only targets of this load are judged, and of subjects that were measured', () => {
  assert.deepEqual(verdicts([ours, peer]), ["line added: CPU, of the retail cart's (cpuMs): met"]);
  assert.deepEqual(verdicts([ours]), []);
  assert.deepEqual(verdicts([ours, peer], { perSecond: 17, seconds: 10 }), [
    "line added: CPU, of the retail cart's (cpuMs): missed",
  ]);
  assert.deepEqual(verdicts([ours, peer], { perSecond: 300, seconds: 10 }), [
    "line added: p99, of the retail cart's (p99): missed",
  ]);
  assert.deepEqual(verdicts([ours, peer], { perSecond: 5, seconds: 10 }), []);
});

test('a missed target fails a run, and an undecided one has an exit code of its own', () => {
  const target = (atMost: number): Target => ({
    name: 'target',
    of: [ours.name, peer.name],
    measure: 'cpuMs',
    limit: { atMost },
  });
  const noisy = result(
    peer.name,
    slowing.map((ms, i) => ms * (i % 2 ? 0.7 : 1.4)),
  );
  const codeOf = (other: Result, ...limits: number[]) =>
    exitCodeOf(judgeTargets([ours, other], saturated, limits.map(target)));
  assert.equal(codeOf(peer, 0.5), 0);
  assert.equal(codeOf(noisy, 0.5), 3);
  assert.equal(codeOf(noisy, 0.5, 0.1), 1);
  assert.equal(codeOf(noisy, 2), 0);
});

test('nothing is decided while a ratio still falls from round to round, as that of a runtime that compiles', () => {
  const compiling = result(
    peer.name,
    slowing.map((ms) => ms * (1 + 4 / ms)),
  );
  const [judged] = judgeTargets([ours, compiling], saturated);
  assert.ok(judged && judged.ratio.high < 0.6);
  assert.deepEqual([judged.isChanging, judged.verdict], [true, 'not decided']);
});
