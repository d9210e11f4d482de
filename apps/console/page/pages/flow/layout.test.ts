import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTopology } from '@tandem/contracts/define-topology';
import { subsetOf } from '@tandem/contracts/subset';
import { type Topology, topology } from '@tandem/contracts/topology';
import { keys } from '../../parts/topology.ts';
import { type Box, overlap } from './geometry.ts';
import { layOut, type Shape } from './layout.ts';
import { idOf, isOwned } from './parts.ts';

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

const systems = { 'this system': topology, 'other services': larger, 'Cart alone': subsetOf(['cart']) };

const shapes: readonly (readonly [Shape, number])[] = [
  ['wide', 0],
  ['wide', 1_900],
  ['upright', 0],
  ['upright', 600],
];

for (const [systemName, system] of Object.entries(systems)) {
  for (const [shape, wanted] of shapes) {
    const { nodes, arrows, lanes, width, height } = layOut(system, shape, wanted);
    const name = `${systemName}, ${shape}, ${Math.round(width)} wide`;

    test(`${name}: each part of the topology has exactly one node, but for topics without their owner`, () => {
      assert.deepEqual(nodes.map(({ id }) => id).sort(), partsOf(system).sort());
    });

    test(`${name}: each arrow connects two nodes, and every node has an arrow`, () => {
      const ids = new Set(nodes.map(({ id }) => id));
      for (const { from, to } of arrows) assert.ok(ids.has(from) && ids.has(to), `${from} to ${to}`);
      const connected = new Set(arrows.flatMap(({ from, to }) => [from, to]));
      assert.deepEqual(ids, new Set([...ids].filter((id) => connected.has(id))));
      assert.equal(new Set(arrows.map(({ id }) => id)).size, arrows.length);
    });

    test(`${name}: no nodes overlap, and all are inside the picture and in the lane of their service`, () => {
      assert.ok(width >= wanted);
      for (const [index, node] of nodes.entries()) {
        for (const other of nodes.slice(index + 1))
          assert.ok(!overlap(node, other), `${node.id}, ${other.id}`);
        assert.ok(isInside(node, { x: 0, y: 0, width, height }), node.id);
        const lane = lanes.find(({ service }) => service === node.lane);
        assert.ok(!node.lane || (lane && isInside(node, lane)), node.id);
      }
      for (const [index, lane] of lanes.entries())
        for (const other of lanes.slice(index + 1)) assert.ok(!overlap(lane, other));
    });

    test(`${name}: arrows end at the edge of their node, and stay inside the picture`, () => {
      for (const { id, to, end, path } of arrows) {
        const node = nodes.find((node) => node.id === to);
        const edge = { x: end.x - 1, y: end.y - 1, width: 2, height: 2 };
        assert.ok(node && overlap(edge, node) && !isInside(edge, node), id);
        const xs = [...path.matchAll(/[MLHCQ ]?(-?[\d.]+) (-?[\d.]+)/g)].map(([, x]) => Number(x));
        assert.ok(Math.min(...xs) >= 0 && Math.max(...xs) <= width, id);
      }
    });

    test(`N3: ${name}: the numbers of arrows never overlap`, () => {
      const boxes = arrows.map(({ label: { x, y } }) => ({ x: x - 17, y: y - 7, width: 34, height: 14 }));
      for (const [index, box] of boxes.entries())
        for (const [further, other] of boxes.slice(index + 1).entries())
          assert.ok(!overlap(box, other), `${arrows[index]?.id}, ${arrows[index + 1 + further]?.id}`);
    });
  }
}

function partsOf(system: Topology): string[] {
  const topics = keys(system.topics).filter((topic) => isOwned(topic, system));
  const subscriptions = system.subscriptions.filter(({ topic }) => topics.includes(topic));
  return [
    'client',
    'gateway',
    ...keys(system.services).map(idOf.service),
    ...Object.keys(system.relays).map(idOf.relay),
    ...keys(system.tables).map(idOf.table),
    ...topics.map(idOf.topic),
    ...keys(system.queues).map(idOf.queue),
    ...subscriptions.map(idOf.subscription),
    ...[
      ...Object.values(system.relays).map(({ parkingQueue }) => parkingQueue),
      ...Object.values(system.queues).map(({ deadLetterQueue }) => deadLetterQueue),
    ].map(idOf.deadLetters),
  ];
}

function isInside(inner: Box, outer: Box): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}
