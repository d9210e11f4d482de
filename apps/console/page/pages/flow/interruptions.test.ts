import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapServices, topology } from '@tandem/contracts/topology';
import type { FaultAt, State } from '../../../server/protocol.ts';
import { factsOf } from './facts.ts';
import { interruptionsOf } from './interruptions.ts';
import { connect, laneOf } from './parts.ts';

const queue = { visible: 0, inFlight: 0, oldestMs: 0 };

function stateWith(faults: readonly FaultAt[], down?: string): State {
  return {
    at: 0,
    services: mapServices((service) => ({ isReady: service !== down, requestsPerSecond: 0 })),
    relays: {},
    queues: {
      'cart-product-updates-queue': queue,
      'product-cart-events-queue': queue,
      'analytics-events-queue': queue,
    },
    deadLetters: {},
    faults,
    tables: {},
    traffic: { sinceMs: 0, requests: mapServices(() => ({ reads: 0, writes: 0 })) },
  } as unknown as State;
}

const consumed = 'queue/cart-product-updates-queue/to/service/cart';
const published = 'relay/product/to/topic/product-events-topic';
const cases: readonly (readonly [string, State, readonly (readonly [string, string])[]])[] = [
  ['nothing', stateWith([]), []],
  ['a paused consumer', stateWith([{ fault: 'consumerPaused', service: 'cart' }]), [[consumed, 'cut']]],
  ['a stopped relay', stateWith([{ fault: 'relayStopped', service: 'product' }]), [[published, 'cut']]],
  ['late deliveries', stateWith([{ fault: 'deliveriesDelayed', service: 'product' }]), [[published, 'late']]],
  ['duplicates', stateWith([{ fault: 'deliveriesDuplicated', service: 'product' }]), [[published, 'twice']]],
  [
    'a stopped relay that also duplicates',
    stateWith([
      { fault: 'relayStopped', service: 'product' },
      { fault: 'deliveriesDuplicated', service: 'product' },
    ]),
    [[published, 'cut']],
  ],
  [
    'a service that is down',
    stateWith([], 'cart'),
    [
      ['gateway/to/service/cart', 'cut'],
      [consumed, 'cut'],
    ],
  ],
];
for (const [name, state, expected] of cases) {
  test(`M13: ${name} interrupts these arrows of the picture`, () => {
    const found = interruptionsOf(state, topology);
    assert.deepEqual([...found], expected);
    const arrows = new Set(connect(topology).map(({ id }) => id));
    for (const id of found.keys()) assert.ok(arrows.has(id), id);
  });
}

test('M13: a part that a fault stops is paused, and a service that does not answer is down', () => {
  const conditionsOf = (state: State) => {
    const { service, relay, queue } = laneOf(topology, 'cart');
    return [service, relay, queue].map(([cell]) => cell && factsOf(cell.part, state, topology).condition);
  };
  assert.deepEqual(conditionsOf(stateWith([])), ['fine', 'fine', 'fine']);
  assert.deepEqual(conditionsOf(stateWith([{ fault: 'consumerPaused', service: 'cart' }])), [
    'fine',
    'fine',
    'paused',
  ]);
  assert.deepEqual(conditionsOf(stateWith([{ fault: 'relayStopped', service: 'cart' }])), [
    'fine',
    'paused',
    'fine',
  ]);
  assert.deepEqual(conditionsOf(stateWith([], 'cart')), ['down', 'fine', 'fine']);
});
