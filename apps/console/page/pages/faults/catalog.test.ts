import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { defineTopology } from '@tandem/contracts/define-topology';
import { type ServiceName, type Topology, topology } from '@tandem/contracts/topology';
import { keys } from '../../parts/topology.ts';
import { cardsOf } from './catalog.ts';

const runbook = readFileSync(new URL('../../../../../docs/runbook.md', import.meta.url), 'utf8');

for (const service of keys(topology.services)) {
  test(`${service}: every alarm on a card is in the runbook`, () => {
    const alarms = cardsOf(service, topology).flatMap(({ alarms }) => alarms);
    assert.ok(alarms.length > 0);
    for (const alarm of alarms) {
      const owner = topology.services[service].queues.find((queue) => alarm.startsWith(queue)) ?? service;
      // The runbook has a section for each kind of alarm, and names some or all of its owners.
      assert.match(runbook, new RegExp(`\`[a-z…-]+${alarm.slice(owner.length)}\``), alarm);
    }
  });

  test(`${service}: the age of messages that fires an alarm is that of the runbook`, () => {
    const { alarmCondition } =
      cardsOf(service, topology).find(({ kind }) => kind === 'consumerPaused') ?? assert.fail();
    const [, age = ''] = /older than (.+)\./.exec(alarmCondition) ?? [];
    const [queue] = topology.services[service].queues;
    const line =
      runbook.split('\n').find((text) => text.startsWith('`') && text.includes(`\`${queue}-age\``)) ?? '';
    assert.ok(age !== '' && line.includes(age), `${age}: ${line}`);
  });

  test(`${service}: a fault is visible in its relay, or in a queue that it consumes from or publishes to`, () => {
    for (const { kind, queues, relay } of cardsOf(service, topology)) {
      assert.ok(relay === service || queues.length > 0, kind);
      const isOwn = kind === 'consumerPaused' || kind === 'killed';
      for (const queue of queues) assert.equal(topology.queues[queue].consumer === service, isOwn, kind);
    }
  });
}

test('a service without relay and API can only be killed, and its consumer paused', () => {
  const system = defineTopology({
    shop: {
      table: { name: 'orders', indexes: {} },
      publishes: { topic: 'orders-topic', eventTypes: ['CartCheckedOut'] },
    },
    mail: { consumes: { 'mail-queue': { 'orders-topic': ['CartCheckedOut'] } } },
  }) as unknown as Topology;
  const kindsOf = (service: string) => cardsOf(service as ServiceName, system).map(({ kind }) => kind);
  assert.deepEqual(kindsOf('mail'), ['consumerPaused', 'killed']);
  assert.deepEqual(kindsOf('shop'), ['deliveriesDuplicated', 'deliveriesDelayed', 'relayStopped', 'killed']);
  const alarms = cardsOf('mail' as ServiceName, system).flatMap(({ alarms }) => alarms);
  assert.deepEqual(alarms, ['mail-queue-age', 'mail-tasks']);
});
