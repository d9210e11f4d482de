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
import { watch } from './drill/watch.ts';

const definitions = readDefinitions();
const { alarms } = definitions;
const written = notObservable(definitions);

/** Longer than the longest period, an hour, and what its alarm looks at beside it. */
const HEALTHY_MINUTES = 66;
/** What is told of a healthy system too; of the others there is nothing as long as nothing fails. */
const ALWAYS_TOLD = [
  'HealthyHostCount',
  'RequestCount',
  'TargetResponseTime',
  'IteratorAge',
  'PolledEventCount',
  'ApproximateAgeOfOldestMessage',
  'ApproximateNumberOfMessagesVisible',
  'ConsumedWriteCapacityUnits',
  'HeldSharePercent',
];
/**
 * Half a second without a CPU is half a minute in which messages wait, and an alarm that rightly rings. Where the machine did
 * not let this process run, the hour is tried again: what is wrong with the system rings each time.
 */
const STALL_MS = 100;
const HEALTHY_ATTEMPTS = 3;
/** Until all is well at the beginning: the alarms for missing tasks look at seven minutes. */
const WARM_UP_MS = 30_000;
/** Twice what an hour takes. */
const RING_DEADLINE_MS = 120 * MINUTE_MS;

let healthy: ReadonlyMap<string, AlarmState> = new Map();
const drilled = new Map<string, { fault: string; minutes: number }>();

test('every alarm that the stacks define has a fault, and every fault an alarm', () => {
  const observed = faults.flatMap((fault) => fault.alarms);
  assert.equal(new Set(observed).size, observed.length, 'one fault is enough');
  const listed = new Set([...observed, ...written.map(({ alarm }) => alarm)]);
  assert.deepEqual([...listed].toSorted(), [...alarms.keys()].toSorted());
  assert.deepEqual(
    observed.filter((name) => written.some(({ alarm }) => alarm === name)),
    [],
    'what is observed is not written as well',
  );
});

/** The states at the end of a healthy hour, what has rung meanwhile, and for how long this process could not run at worst. */
async function healthyHour() {
  await using system = await startDrilledSystem(definitions);
  await using going = new AsyncDisposableStack();
  going.use(await startTraffic(system.url));
  going.use(playStories(system.url));
  await using watching = watch(alarms, system.cloudWatch);
  await watching.untilAll(alarms.keys(), (name) => watching.state(name) === 'OK', WARM_UP_MS);
  watching.forget();
  const stalls = monitorEventLoopDelay();
  stalls.enable();
  await delay(HEALTHY_MINUTES * MINUTE_MS);

  const silent = [...alarms.values()]
    .flatMap(({ metrics }) => metrics)
    .filter((metric) => ALWAYS_TOLD.includes(metric.name) && !system.cloudWatch.datapoints.has(metric));
  const rang = [...alarms.keys()].flatMap((name) => {
    const minute = watching.rangAt(name);
    return minute === undefined ? [] : [`${name} in minute ${minute}`];
  });
  const states = new Map([...alarms.keys()].map((name) => [name, watching.state(name)]));
  return { states, rang, silent, stallMs: stalls.max / 1e6 };
}

test('in a healthy hour no alarm rings', async (t) => {
  for (let attempt = 1; ; attempt++) {
    const { states, rang, silent, stallMs } = await healthyHour();
    if (rang.length > 0 && stallMs > STALL_MS && attempt < HEALTHY_ATTEMPTS) {
      t.diagnostic(`again, the process did not run for ${Math.round(stallMs)} ms: ${rang.join('; ')}`);
      continue;
    }
    assert.deepEqual(rang, []);
    assert.deepEqual([...new Set(states.values())], ['OK']);
    assert.deepEqual(silent, [], 'what an alarm looks at was never told');
    healthy = states;
    return;
  }
});

async function drill({ alarms: names, inject, readsASecond, name: fault }: Fault) {
  await using system = await startDrilledSystem(definitions);
  await using going = new AsyncDisposableStack();
  going.use(await startTraffic(system.url, readsASecond));
  await using watching = watch(
    new Map([...alarms].filter(([name]) => names.includes(name))),
    system.cloudWatch,
  );
  await watching.untilAll(names, (name) => watching.state(name) === 'OK', WARM_UP_MS);
  watching.forget();
  const from = system.cloudWatch.minute();
  await inject(system);
  const rang = (name: string) => watching.rangAt(name);
  await watching.untilAll(names, (name) => rang(name) !== undefined, RING_DEADLINE_MS);
  for (const name of names) drilled.set(name, { fault, minutes: (rang(name) ?? from) - from });
}

test('each alarm rings for its fault', { concurrency: 3 }, async (t) => {
  await Promise.all(faults.map(async (fault) => t.test(fault.name, async () => drill(fault))));
});

test('not observable here: evaluated on datapoints as AWS would send them', () => {
  for (const { alarm, metric, minutes } of written) {
    const datapoints = createDatapoints();
    const end = Math.max(...minutes) + 1;
    assert.equal(alarms.get(alarm)?.stateAt(end, datapoints, 'OK'), 'OK');
    for (const minute of minutes) datapoints.add(metric, minute, 1);
    assert.equal(alarms.get(alarm)?.stateAt(end, datapoints, 'OK'), 'ALARM', `${alarm} by ${metric.name}`);
  }
});

test('summary', (t) => {
  const row = (name: string, fault: string, state: string) =>
    t.diagnostic(`${name.padEnd(68)} healthy: ${healthy.get(name) ?? 'failed'}; ${fault}: ${state}`);
  for (const name of alarms.keys()) {
    const it = drilled.get(name);
    if (it) row(name, it.fault, `ALARM after ${it.minutes} min`);
  }
  t.diagnostic('Not observable here, evaluated on datapoints as AWS would send them:');
  for (const { alarm, fault } of written) row(alarm, fault, 'ALARM');
  const byHand = new Set(written.map(({ alarm }) => alarm));
  t.diagnostic(
    `${drilled.size} alarms fired by their fault from observed metrics, ${byHand.size} by a written datapoint, of ${alarms.size}; in the healthy hour ${healthy.size === 0 ? 'some' : 'none'}`,
  );
  assert.equal(drilled.size + byHand.size, alarms.size);
});
