import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Topology, topology } from '@tandem/contracts/topology';
import { type Box, layOut } from './layout.ts';
import { keys } from '../../parts/keys.ts';
import { idOf } from './nodes.ts';

/** Topology with a third service that consumes another one's events on two queues. */
const larger = {
  ...topology,
  services: { ...topology.services, order: { paths: ['/orders'] } },
  tables: { ...topology.tables, orders: { owner: 'order', indexes: {} } },
  relays: {
    ...topology.relays,
    order: {
      table: 'orders',
      topic: 'order-events-topic',
      parkingQueue: 'order-relay-parking-queue',
      publishesExpiry: false,
    },
  },
  topics: { ...topology.topics, 'order-events-topic': { owner: 'order', eventTypes: [] } },
  queues: {
    ...topology.queues,
    'order-first': {
      ...topology.queues['cart-product-updates-queue'],
      consumer: 'order',
      deadLetterQueue: 'o1',
    },
    'order-second': {
      ...topology.queues['cart-product-updates-queue'],
      consumer: 'order',
      deadLetterQueue: 'o2',
    },
  },
  subscriptions: [
    ...topology.subscriptions,
    { topic: 'cart-events-topic', queue: 'order-first', eventTypes: [], deadLetterQueue: 'o3' },
    { topic: 'product-events-topic', queue: 'order-first', eventTypes: [], deadLetterQueue: 'o4' },
    { topic: 'cart-events-topic', queue: 'order-second', eventTypes: [], deadLetterQueue: 'o5' },
  ],
} as unknown as Topology;

for (const [name, system] of Object.entries({ 'two services': topology, 'three services': larger })) {
  const { nodes, arrows, lanes, width, height } = layOut(system);

  test(`${name}: each part of the topology has exactly one node`, () => {
    const expected = [
      'client',
      'gateway',
      ...keys(system.services).flatMap((service) => [idOf.service(service), idOf.relay(service)]),
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
