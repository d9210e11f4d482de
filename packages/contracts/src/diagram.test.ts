import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topologyDiagram } from './diagram.ts';
import { topology } from './topology.ts';

const diagram = topologyDiagram();
const lines = diagram.split('\n').map((line) => line.trim());

test('the diagram is a flowchart from left to right with a box for each service', () => {
  assert.equal(lines[0], 'flowchart LR');
  const boxes = lines.filter((line) => line.startsWith('subgraph '));
  assert.deepEqual(
    boxes,
    ['product', 'cart', 'analytics'].map((name) => `subgraph ${name}-context["${name}"]`),
  );
  assert.equal(lines.filter((line) => line === 'end').length, boxes.length);
});

test('each table, topic, queue, service and relay is drawn once, in the shape of its type', () => {
  const nodes = [
    ...Object.keys(topology.tables).map((name) => `${name}[("${name}")]:::table`),
    ...Object.keys(topology.topics).map((name) => `${name}{{"${name}"}}:::topic`),
    ...Object.keys(topology.queues).map((name) => `${name}(["${name}"]):::queue`),
    ...Object.keys(topology.services).map((name) => `${name}["${name} service"]`),
    ...Object.keys(topology.relays).map((name) => `${name}-relay["${name} relay"]`),
  ];
  for (const node of nodes) assert.equal(diagram.split(` ${node}`).length - 1, 1, node);
});

test('every dead-letter and parking queue is drawn dashed', () => {
  const names = [
    ...Object.values(topology.queues).map(({ deadLetterQueue }) => deadLetterQueue),
    ...Object.values(topology.relays).map(({ parkingQueue }) => parkingQueue),
  ];
  for (const name of names) assert.ok(diagram.includes(`${name}(["${name}"]):::deadLetter`), name);
  assert.match(diagram, /classDef deadLetter .*stroke-dasharray/);
});

test('the arrow from topic to queue names the event types of the subscription', () => {
  for (const { topic, queue, eventTypes } of topology.subscriptions) {
    assert.ok(lines.includes(`${topic} ==>|"${eventTypes.join('<br/>')}"| ${queue}`), topic);
  }
});

test('the diagram shows the path of a request and its events through a service', () => {
  const path = [
    'client(["client"]) -->|HTTP| gateway["gateway"]',
    'gateway -->|"/products"| product',
    'product["product service"] --> products[("products")]:::table',
    'products -->|"change stream"| product-relay["product relay"]',
    'product-relay --> product-events-topic{{"product-events-topic"}}:::topic',
    'product -. snapshots .-> product-events-topic',
    'product -. "next page of a snapshot" .-> product-cart-events-queue',
    'cart-product-updates-queue(["cart-product-updates-queue"]):::queue --> cart',
    'cart-product-updates-queue -. "after 5 receives" .-> cart-product-updates-dlq(["cart-product-updates-dlq"]):::deadLetter',
    'product-events-topic -. undeliverable .-> cart-product-updates-dlq',
    'analytics -. "ProductSnapshotRequested" .-> cart-events-topic',
  ];
  for (const step of path) assert.ok(lines.includes(step), step);
});
