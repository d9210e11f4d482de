import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { AlarmState } from './alarm-state.ts';
import { createDatapoints } from './datapoints.ts';
import { readDefinitions } from './definitions.ts';
import { MINUTE_MS } from './drill/cloudwatch.ts';
import { type Fault, faults } from './drill/faults.ts';
import { notObservable } from './drill/not-observable.ts';
import { startDrilledSystem } from './drill/system.ts';
import { playStories, startTraffic } from './drill/traffic.ts';
import { monitorAlarms } from './drill/monitor-alarms.ts';

const definitions = readDefinitions();
const { alarms, composites } = definitions;
const names = [...alarms.keys(), ...composites.keys()];
const simulated = notObservable(definitions);

/** Longer than any alarm evaluates. */
const HEALTHY_MINUTES = 66;
/** Metrics that a healthy system has, too; the others have no data without a fault. */
const ALWAYS_PUBLISHED = [
  'HealthyHostCount',
  'RequestCount',
  'TargetResponseTime',
  'IteratorAge',
  'PolledEventCount',
  'ApproximateAgeOfOldestMessage',
  'ApproximateNumberOfMessagesVisible',
  'ConsumedWriteCapacityUnits',
  'HeldSharePercent',
  'Invocations',
  'Errors',
];
/**
 * Half a second without CPU is half a minute in which messages wait, which rightly raises an alarm. If this process was stalled
 * by the machine, the hour is repeated; a fault of the system would raise the alarm each time.
 */
const STALL_MS = 100;
const HEALTHY_ATTEMPTS = 3;
/** Until all alarms are OK at the start: the alarms for missing tasks evaluate seven minutes. */
const WARM_UP_MS = 30_000;
/** Two hours of the drill. */
const ALARM_DEADLINE_MS = 120 * MINUTE_MS;

let healthy: ReadonlyMap<string, AlarmState> = new Map();
const drilled = new Map<string, { fault: string; minutes: number }>();

test('every alarm of the stacks has exactly one fault', () => {
  const observed = faults.flatMap((fault) => fault.alarms);
  assert.equal(new Set(observed).size, observed.length, 'an alarm has more than one fault');
  const listed = new Set([...observed, ...simulated.map(({ alarm }) => alarm)]);
  assert.deepEqual([...listed].toSorted(), names.toSorted());
  assert.deepEqual(
    observed.filter((name) => simulated.some(({ alarm }) => alarm === name)),
    [],
    'an alarm with an injected fault needs no simulated datapoints',
  );
});

/** Runs a healthy hour: final states, raised alarms, metrics without data, and the longest stall of this process. */
async function healthyHour() {
  await using system = await startDrilledSystem(definitions);
  await using traffic = new AsyncDisposableStack();
  traffic.use(await startTraffic(system.url));
  traffic.use(playStories(system.url));
  await using monitor = monitorAlarms(definitions, system.cloudWatch);
  await monitor.untilAll(names, (name) => monitor.state(name) === 'OK', WARM_UP_MS);
  monitor.reset();
  const stalls = monitorEventLoopDelay();
  stalls.enable();
  await delay(HEALTHY_MINUTES * MINUTE_MS);

  const silent = [...alarms.values()]
    .flatMap(({ metrics }) => metrics)
    .filter((metric) => ALWAYS_PUBLISHED.includes(metric.name) && !system.cloudWatch.datapoints.has(metric));
  const raised = names.flatMap((name) => {
    const minute = monitor.raisedAt(name);
    return minute === undefined ? [] : [`${name} in minute ${minute}`];
  });
  const states = new Map(names.map((name) => [name, monitor.state(name)]));
  return { states, raised, silent, stallMs: stalls.max / 1e6 };
}

test('a healthy system raises no alarm within an hour', async (t) => {
  for (let attempt = 1; ; attempt++) {
    const { states, raised, silent, stallMs } = await healthyHour();
    if (raised.length > 0 && stallMs > STALL_MS && attempt < HEALTHY_ATTEMPTS) {
      t.diagnostic(
        `repeated, because the process was stalled for ${Math.round(stallMs)} ms: ${raised.join('; ')}`,
      );
      continue;
    }
    assert.deepEqual(raised, []);
    assert.deepEqual([...new Set(states.values())], ['OK']);
    assert.deepEqual(silent, [], 'metrics of alarms without data');
    healthy = states;
    return;
  }
});

async function drill({ alarms: expected, inject, readsPerSecond, page, name: fault }: Fault) {
  await using system = await startDrilledSystem(definitions);
  await using traffic = new AsyncDisposableStack();
  traffic.use(await startTraffic(system.url, readsPerSecond));
  await using monitor = monitorAlarms(definitions, system.cloudWatch);
  await monitor.untilAll(names, (name) => monitor.state(name) === 'OK', WARM_UP_MS);
  monitor.reset();
  const from = system.cloudWatch.minute();
  await inject(system);
  const raisedAt = (name: string) => monitor.raisedAt(name);
  await monitor.untilAll(expected, (name) => raisedAt(name) !== undefined, ALARM_DEADLINE_MS);
  const isNotified = (name: string) => monitor.notifications().includes(name);
  if (page) await monitor.untilAll([page], isNotified, ALARM_DEADLINE_MS);
  const pages = monitor.notifications();
  assert.ok(pages.length <= 1, `one fault, but the pages ${pages.join()}`);
  for (const name of expected) drilled.set(name, { fault, minutes: (raisedAt(name) ?? from) - from });
}

test('each fault raises its alarms, and pages once at most', { concurrency: 3 }, async (t) => {
  await Promise.all(faults.map(async (fault) => t.test(fault.name, async () => drill(fault))));
});

test('faults that only AWS can cause raise their alarms on simulated datapoints', () => {
  for (const { alarm, metric, minutes, value = 1 } of simulated) {
    const datapoints = createDatapoints();
    const end = Math.max(...minutes) + 1;
    assert.equal(alarms.get(alarm)?.stateAt(end, datapoints, 'OK'), 'OK');
    for (const minute of minutes) datapoints.add(metric, minute, value);
    assert.equal(alarms.get(alarm)?.stateAt(end, datapoints, 'OK'), 'ALARM', `${alarm} by ${metric.name}`);
  }
});

test('summary', (t) => {
  const row = (name: string, fault: string, state: string) =>
    t.diagnostic(`${name.padEnd(68)} healthy: ${healthy.get(name) ?? 'failed'}; ${fault}: ${state}`);
  for (const name of names) {
    const result = drilled.get(name);
    if (result) row(name, result.fault, `ALARM after ${result.minutes} min`);
  }
  t.diagnostic('Faults that only AWS can cause, on simulated datapoints:');
  for (const { alarm, fault } of simulated) row(alarm, fault, 'ALARM');
  const bySimulation = new Set(simulated.map(({ alarm }) => alarm));
  t.diagnostic(
    `${drilled.size} alarms raised by their fault, ${bySimulation.size} by simulated datapoints, of ${names.length}; in the healthy hour ${healthy.size === 0 ? 'some' : 'none'}`,
  );
  assert.equal(drilled.size + bySimulation.size, names.length);
});
