import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTopology } from '@tandem/contracts/define-topology';
import { type Topology, topology } from '@tandem/contracts/topology';
import { type Box, layOut } from './layout.ts';
import { keys } from '../../parts/keys.ts';
import { idOf } from './nodes.ts';

/** A service with two queues, of which one has two subscriptions; one without API, table and relay; one that consumes nothing. */
const larger = defineTopology({
  order: {
    paths: ['/orders'],
    table: { name: 'orders', indexes: {} },
    publishes: {
      topic: 'order-events-topic',
      eventTypes: ['CartCheckedOut'],
      snapshotQueue: 'order-first-queue',
    },
    consumes: {
      'order-first-queue': {
        'catalog-events-topic': ['ProductUpdated'],
        'order-events-topic': ['CartCheckedOut'],
      },
      'order-second-queue': { 'catalog-events-topic': ['ProductUpdated'] },
    },
  },
  catalog: {
    paths: ['/catalog'],
    table: { name: 'catalog', indexes: {} },
    publishes: { topic: 'catalog-events-topic', eventTypes: ['ProductUpdated'] },
  },
  mail: { consumes: { 'mail-queue': { 'order-events-topic': ['CartCheckedOut'] } } },
}) as unknown as Topology;

for (const [name, system] of Object.entries({ 'this system': topology, 'other services': larger })) {
  const { nodes, arrows, lanes, width, height } = layOut(system);

  test(`${name}: each part of the topology has exactly one node`, () => {
    const expected = [
      'client',
      'gateway',
      ...keys(system.services).map(idOf.service),
      ...Object.keys(system.relays).map(idOf.relay),
      ...keys(system.tables).map(idOf.table),
      ...keys(system.topics).map(idOf.topic),
      ...keys(system.queues).map(idOf.queue),
      ...system.subscriptions.map(idOf.subscription),
      ...[
        ...Object.values(system.relays).map(({ parkingQueue }) => parkingQueue),
        ...Object.values(system.queues).map(({ deadLetterQueue }) => deadLetterQueue),
        ...system.subscriptions.map(({ deadLetterQueue }) => deadLetterQueue),
      ].map(idOf.deadLetters),
    ];
    assert.deepEqual(nodes.map(({ id }) => id).sort(), expected.sort());
  });

  test(`${name}: each arrow connects two nodes, and every node has an arrow`, () => {
    const ids = new Set(nodes.map(({ id }) => id));
    for (const { from, to } of arrows) assert.ok(ids.has(from) && ids.has(to), `${from} to ${to}`);
    for (const id of ids)
      assert.ok(
        arrows.some(({ from, to }) => from === id || to === id),
        id,
      );
    assert.equal(new Set(arrows.map(({ id }) => id)).size, arrows.length);
  });

  test(`${name}: no nodes overlap, and all are inside the picture`, () => {
    for (const [index, node] of nodes.entries()) {
      for (const other of nodes.slice(index + 1)) assert.ok(areApart(node, other), `${node.id}, ${other.id}`);
      assert.ok(node.x >= 0 && node.y >= 0 && node.x + node.width <= width && node.y + node.height <= height);
    }
    for (const [index, lane] of lanes.entries())
      for (const other of lanes.slice(index + 1)) assert.ok(areApart(lane, other));
  });

  test(`${name}: each part is in the lane of its service`, () => {
    for (const node of nodes) {
      if (node.lane === undefined) continue;
      const lane = lanes.find(({ service }) => service === node.lane);
      assert.ok(lane && node.y >= lane.y && node.y + node.height <= lane.y + lane.height, node.id);
    }
  });
}

function areApart(a: Box, b: Box): boolean {
  return a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
}
