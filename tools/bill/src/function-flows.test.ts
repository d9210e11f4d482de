import assert from 'node:assert/strict';
import { test } from 'node:test';
import { synthesizeAll } from '../../../infra/src/testing/synth.ts';
import { mapServices } from '@tandem/contracts/topology';
import { assumptions } from './assumptions.ts';
import { bills } from './bill.ts';
import { readMeasured, readPrices } from './files.ts';
import { flowsOf } from './flows.ts';
import { interpolated } from './function-flows.ts';
import type { Polling } from './queue-flows.ts';
import { factsOf } from './templates.ts';
import { scenarios } from './traffic.ts';
import { usageOf } from './usage.ts';

const [measured, prices] = [readMeasured(), readPrices()];
const facts = factsOf(synthesizeAll());
const SECONDS = assumptions.hours * 3_600;

function flowOf(name: string, polling: Polling) {
  const scenario = scenarios.find((candidate) => candidate.name === name) ?? assert.fail(name);
  const flows = flowsOf(usageOf(scenario, measured, facts), facts, measured, polling);
  const flow = flows.functionServices[0] ?? assert.fail('no service of functions');
  const [queue] = flow.queues;
  assert.ok(queue);
  return { ...flow, queue };
}

test('the facts of a service of functions are those of its consumer, of its API and of its alarms', () => {
  assert.deepEqual(Object.keys(facts.functions), ['analytics']);
  const { consumer, api, alarmMetrics } = facts.functions['analytics'] ?? {};
  assert.equal(consumer?.windowSeconds, 60);
  assert.ok(consumer.batchSize >= 1_000 && consumer.maxConcurrency === 2);
  assert.ok(api && api.memoryGb > consumer.memoryGb);
  assert.ok(alarmMetrics && alarmMetrics < facts.watch.alarmMetrics);
  assert.ok(facts.tables.every(({ table, write }) => table !== 'analytics' || write.mode === 'onDemand'));
});

test('a busy queue is a batch a minute; a quiet one waits for the first message of a batch', () => {
  const { expected, most } = assumptions.polling;
  const [busy, quiet] = [flowOf('sustained-peak', expected), flowOf('minimal', expected)];
  const batchesOf = ({ functions }: typeof busy) => functions[0]?.invocations.value ?? 0;
  assert.ok(Math.abs(batchesOf(busy) / (SECONDS / 60) - 1) < 0.01);
  const pause = SECONDS / quiet.queue.messages.value;
  assert.ok(Math.abs(batchesOf(quiet) - SECONDS / (60 + pause)) < 1);
  assert.ok(batchesOf(flowOf('sustained-peak', most)) > 4.8 * batchesOf(busy));
});

test('messages are received by ten or one by one, and deleted by ten', () => {
  const { expected, most } = assumptions.polling;
  const { queue } = flowOf('sustained-peak', expected);
  const { value } = queue.messages;
  assert.deepEqual([queue.receives.value, queue.deletes.value], [value / 10, value / 10]);
  const { queue: polled } = flowOf('sustained-peak', most);
  assert.deepEqual([polled.receives.value, polled.deletes.value], [value, value / 10]);
});

test('an idle queue is polled by five pollers, each every 20 s', () => {
  const [scenario] = scenarios;
  assert.ok(scenario);
  const idle = {
    ...scenario,
    phases: [{ hours: assumptions.hours, ...mapServices(() => 0) }],
  };
  const [flow] = flowsOf(usageOf(idle, measured, facts), facts, measured).functionServices;
  assert.equal(flow?.queues[0]?.emptyReceives.value, (SECONDS / 20) * 5);
  assert.equal(flow.write.value, 0);
});

test('the part of a service is what its lines add, and more if Lambda polls more often', () => {
  const { analytics: _, ...functions } = facts.functions;
  const before = bills({ facts: { ...facts, functions }, measured, prices });
  for (const { name, total, parts } of bills({ facts, measured, prices })) {
    const part = parts.find((candidate) => candidate.name === 'analytics') ?? assert.fail();
    const others = before.find((bill) => bill.name === name)?.total ?? 0;
    // The alarms are counted in the deployment.
    assert.ok(part.monthly > total - others, name);
    assert.ok(part.most && part.most > part.monthly, name);
  }
});

test('values between and beyond measured points are on lines', () => {
  const points = [
    [1, 10],
    [3, 20],
    [4, 40],
  ] as const;
  assert.deepEqual(
    [0, 1, 2, 3.5, 5].map((x) => interpolated(points, x)),
    [5, 10, 15, 30, 60],
  );
  assert.equal(interpolated([], 5), 0);
});
