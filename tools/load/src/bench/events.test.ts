import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { publishers, type ServiceName } from '@tandem/contracts/topology';
import { EVENTS, eventsText, measureEvents, GET_ITEM } from './events.ts';

test('each cost is shown with its interval, and as a ratio to the yardstick of the same round', () => {
  const costs = new Map([
    // From the third round on everything took twice as long.
    [GET_ITEM, [0.5, 0.5, 1, 1, 1, 1]],
    [EVENTS, [1, 1, 2, 2, 2, 2]],
  ]);
  const [, yardstick, events] = eventsText(costs).split('\n');
  assert.match(yardstick ?? '', /^AWS SDK GetItem +1\.000 \[0\.500, 1\.000\] +1\.00 /);
  assert.match(events ?? '', /^its events, in all +2\.000 \[1\.000, 2\.000\] +2\.00 /);
});

const onLinux = { skip: !existsSync('/proc/self/stat'), timeout: 10_000 };
test('relays are stopped while requests are sent, and go on if these are interrupted', onLinux, async (t) => {
  await using running = new AsyncDisposableStack();
  const relays = publishers.map(([service]) => {
    const relay = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1_000)']);
    running.defer(() => void relay.kill('SIGKILL'));
    return [`${service}-relay`, relay.pid ?? 0] as const;
  });
  const isStopped = (pid: number) => /\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  /** A signal takes effect a moment after it was sent. */
  const untilAll = async (stopped: boolean) => {
    while (relays.some(([, pid]) => isStopped(pid) !== stopped))
      await delay(5, undefined, { signal: t.signal });
  };
  const stopping = new AbortController();
  let sent = 0;
  const subjects = {
    pids: Object.fromEntries(relays),
    publisher: publishers[0]?.[0] as ServiceName,
    sendNext: async () => {
      sent++;
      await untilAll(true);
      stopping.abort();
    },
    yardstick: () => assert.fail('interrupted before'),
  };
  const options = { rounds: 6, requests: 2, connections: 1, log: () => undefined, stopping: stopping.signal };
  await assert.rejects(measureEvents(subjects, options), { name: 'AbortError' });
  await untilAll(false);
  assert.equal(sent, 1);
});
