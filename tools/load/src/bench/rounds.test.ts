import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureRounds, requestsFor } from './rounds.ts';

test('a round has as many requests as take its CPU time, and some hundreds of expensive ones', () => {
  assert.equal(requestsFor(800, 0.04), 20_000);
  assert.equal(requestsFor(800, 0.5), 1_600);
  assert.equal(requestsFor(800, 20), 300);
  assert.equal(requestsFor(1, 0), 1_000);
});

/** Subjects whose requests take a quarter, a half, and a whole millisecond of CPU time, and the options to measure them. */
function world(msOf: Readonly<Record<string, number>> = { a: 0.25, b: 0.5, c: 1 }) {
  const used = new Map<number, number>();
  const order: string[] = [];
  const subjects = Object.entries(msOf).map(([name, ms], pid) => ({
    name,
    pid,
    async sendNext() {
      if (order.at(-1) !== name) order.push(name);
      used.set(pid, (used.get(pid) ?? 0) + ms / 1_000);
    },
  }));
  const options = {
    rounds: 2,
    load: { cpuMs: 400, connections: 2 },
    warmUp: 80,
    log: () => undefined,
    cpuSeconds: (pid: number) => used.get(pid) ?? 0,
  };
  return { subjects, order, options };
}

test('every second round has the reverse order, after a warm-up of all', async () => {
  const { subjects, order, options } = world();
  await measureRounds(subjects, options);
  // The last subject of a round is the first of the next one.
  assert.equal(order.join(''), `${'abc'.repeat(4)}abcba`);
});

test('each round of a subject takes the CPU time that was asked for', async () => {
  const { subjects, options } = world();
  const results = await measureRounds(subjects, options);
  const rounded = results.map(({ name, rounds }) => [
    name,
    ...rounds.map(({ requests, cpuMs }) => [requests, Number(cpuMs.toFixed(6))]),
  ]);
  assert.deepEqual(rounded, [
    ['a', [1_600, 0.25], [1_600, 0.25]],
    ['b', [800, 0.5], [800, 0.5]],
    ['c', [400, 1], [400, 1]],
  ]);
});

test('a process that uses no CPU time for its requests is not the server', async () => {
  const { subjects, options } = world({ served: 1, 'peer add': 0 });
  await assert.rejects(
    measureRounds(subjects, options),
    /Process 1 used no CPU time for peer add: use the id of the server's own process/,
  );
});
