import { setTimeout as delay } from 'node:timers/promises';
import { publishers, type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
import { emptyLedger } from '@tandem/product/domain/stock';
import { productKey } from '@tandem/product/store/entity-types';
import { productUpdated, publisher } from '../../support/events.ts';
import { client } from '../../support/http.ts';
import { openQueues } from '../../support/queues.ts';
import { until } from '../../support/until.ts';
import { MINUTE_MS } from './cloudwatch.ts';
import type { InjectedFaults } from './injected-faults.ts';
import { type DrilledService, type DrilledSystem, routed } from './system.ts';
import { createBacklog } from './traffic.ts';

/** Fault that is injected into a running system, and the alarms that it must raise. */
export interface Fault {
  readonly name: string;
  readonly alarms: readonly string[];
  readonly inject: (system: DrilledSystem) => Promise<void>;
  /** Reads per second; default: those of the traffic. The latency alarm ignores periods with fewer than 100 requests. */
  readonly readsPerSecond?: number;
}

const owners = serviceNames.filter((service) => topology.services[service].table !== undefined);
const relayed = publishers.map(([service]) => service);
const queues = Object.entries(topology.queues);
const consumers = serviceNames.filter((service) => topology.services[service].queues.length > 0);

const alarmsOf = (services: readonly ServiceName[], namesOf: (service: ServiceName) => readonly string[]) =>
  services.flatMap(namesOf);
const injectInto =
  (names: readonly ServiceName[], work: (service: DrilledService) => unknown) =>
  async ({ services }: DrilledSystem) => {
    await Promise.all(names.map(async (name) => work(services[name])));
  };
const setFault =
  <F extends keyof InjectedFaults>(fault: F, value: InjectedFaults[F]) =>
  ({ faults }: DrilledService) => {
    faults[fault] = value;
  };

/** Changes that wait for each relay while its topic hangs: several batches. */
const BACKLOG = 900;
/** Duration of a call with ten events: a batch of a hundred takes a second. */
const SLOW_CALL_MS = 100;

/** Faults, the longest first, since several run at the same time. A new alarm needs an entry here, or its name in one. */
export const faults: readonly Fault[] = [
  {
    name: 'SNS rejects all publishes of the relays for an hour',
    alarms: alarmsOf(relayed, (service) => [`${service}-relay-errors`, `${service}-relay-stuck`]),
    inject: injectInto(relayed, setFault('topic', 'rejects')),
  },
  {
    name: 'the relays are stopped while the tables have writes',
    alarms: alarmsOf(relayed, (service) => [`${service}-relay-silent`]),
    inject: injectInto(relayed, async ({ stopRelay }) => stopRelay()),
  },
  {
    name: 'SNS hangs during many changes, and is slow afterwards',
    alarms: alarmsOf(relayed, (service) => [`${service}-relay-late`]),
    async inject(system) {
      await injectInto(relayed, setFault('topic', 'hangs'))(system);
      await createBacklog(system.url, BACKLOG);
      await injectInto(relayed, setFault('topic', SLOW_CALL_MS))(system);
    },
  },
  {
    name: '5 % of table reads take 1.2 s',
    alarms: alarmsOf(routed, (service) => [`${service}-latency`, `${service}-deployment-latency`]),
    inject: injectInto(routed, setFault('table', 'sometimes slow')),
    readsPerSecond: 130,
  },
  {
    name: 'all table reads fail',
    alarms: alarmsOf(routed, (service) => [`${service}-errors`, `${service}-deployment-errors`]),
    inject: injectInto(routed, setFault('table', 'fails')),
  },
  {
    // The instance that gets all requests, so that the load balancer itself responds.
    name: 'one of two instances stops',
    alarms: [
      ...alarmsOf(serviceNames, (service) => [`${service}-tasks`]),
      ...alarmsOf(routed, (service) => [`${service}-connections`, `${service}-deployment-connections`]),
      'edge-errors',
    ],
    inject: injectInto(serviceNames, async ({ instances }) => instances[0]?.stop()),
  },
  {
    name: 'the tables throttle calls',
    alarms: alarmsOf(owners, (service) => [`${topology.services[service].table}-throttled`]),
    inject: injectInto(owners, setFault('table', 'throttles')),
  },
  {
    name: 'the services lose the permission to receive from their queues',
    alarms: queues.flatMap(([queue, { consumer }]) => [
      `${queue}-age`,
      `${consumer}/ServiceTaskCountTargetAgeof${queue.replaceAll('-', '')}UpperAlarm`,
    ]),
    inject: injectInto(consumers, setFault('mayReceive', false)),
  },
  {
    name: 'poison messages arrive',
    alarms: queues.map(([, { deadLetterQueue }]) => deadLetterQueue),
    async inject({ endpoint }) {
      const publish = publisher(endpoint);
      for (const { topic, eventTypes } of topology.subscriptions)
        await publish(topic, JSON.stringify({ eventType: eventTypes[0] }));
    },
  },
  {
    name: 'an event exceeds the size limit of the topic',
    alarms: publishers.map(([, { parkingQueue }]) => parkingQueue),
    inject: injectInto(relayed, async ({ table }) => {
      const updatedAt = '2026-02-14T15:00:00Z';
      const tooLarge = 'x'.repeat(261_000);
      const event = { eventType: 'ProductDeleted', productId: tooLarge, version: 1, updatedAt } as const;
      const state = { productId: 'p', version: 1, updatedAt, deleted: true, ledger: emptyLedger } as const;
      await table?.update(productKey('p'), () => ({ state, events: [event] }));
    }),
  },
  {
    // The emulator of SNS does not support dead-letter queues: the drill puts the message there, as SNS would.
    name: 'SNS cannot deliver a message',
    alarms: topology.subscriptions.map(({ deadLetterQueue }) => deadLetterQueue),
    async inject({ endpoint }) {
      using queues = openQueues(endpoint);
      for (const { deadLetterQueue } of topology.subscriptions)
        await queues.send(deadLetterQueue, productUpdated('mug'));
    },
  },
  {
    name: 'more units are sold than a count found',
    alarms: ['product-units-short'],
    async inject({ url }) {
      const api = client(url);
      const cartId = await hold(url, { productId: 'lamp', onHand: 20, qty: 20 });
      const counted = await api.call('POST', '/products/lamp/stock', { body: { onHand: 15 } });
      const order = await api.call('POST', `/carts/${cartId}/checkout`);
      if (counted.status !== 200 || order.status !== 200)
        throw new Error(`counted: ${counted.status}, checked out: ${order.status}`);
    },
  },
  {
    name: 'one cart holds most units of a product, and more each minute',
    alarms: ['product-held-share'],
    async inject({ url }) {
      const cartId = await hold(url, { productId: 'vase', onHand: 100, qty: 85 });
      for (let qty = 86; qty <= 90; qty++) {
        await delay(MINUTE_MS);
        await client(url).call('PUT', `/carts/${cartId}/items/vase`, { body: { qty } });
      }
    },
  },
];

interface HoldOptions {
  readonly productId: string;
  readonly onHand: number;
  readonly qty: number;
}

/** Creates a product and a cart that holds some of its units; resolves to the cart's id. */
async function hold(url: string, { productId, onHand, qty }: HoldOptions): Promise<string> {
  const api = client(url);
  await api.putProduct(productId, { inventory: onHand });
  const cartId = await api.openCart();
  await api.fill(cartId, { [productId]: qty });
  await until(
    async () => (await api.cart(cartId)).body.items[0]?.hold,
    (hold) => hold === 'held',
  );
  return cartId;
}
