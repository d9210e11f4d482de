import { setTimeout as delay } from 'node:timers/promises';
import { publishers, type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
import { emptyLedger } from '@tandem/product/domain/stock';
import { productKey } from '@tandem/product/store/entity-types';
import { productUpdated, publisher } from '../../support/events.ts';
import { client } from '../../support/http.ts';
import { openQueues } from '../../support/queues.ts';
import { MINUTE_MS } from './cloudwatch.ts';
import { hold } from './hold.ts';
import type { InjectedFaults } from './injected-faults.ts';
import { type DrilledService, type DrilledSystem, routed } from './system.ts';

/** Fault that is injected into a running system, and the alarms that it must raise. */
export interface Fault {
  readonly name: string;
  readonly alarms: readonly string[];
  readonly inject: (system: DrilledSystem) => Promise<void>;
  /** The only composite alarm that pages. */
  readonly page?: string;
  /** Reads per second; default: those of the traffic. The latency alarm ignores periods with fewer than 100 requests. */
  readonly readsPerSecond?: number;
}

const tasks = serviceNames.filter((service) => topology.services[service].runsAs === 'task');
const owners = tasks.filter((service) => topology.services[service].table !== undefined);
const routedTasks = routed.filter((service) => tasks.includes(service));
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

/** Requests with a token of a stranger: in two periods of the alarm, should they fall into two, enough in one of them. */
const REJECTED_TOKENS = 250;
/** Faults, the longest first, since several run at the same time. A new alarm needs an entry here, or its name in one. */
export const faults: readonly Fault[] = [
  {
    name: 'the relays are stopped',
    alarms: [...alarmsOf(relayed, (service) => [`${service}-relay-silent`]), 'events-impaired'],
    page: 'events-impaired',
    inject: injectInto(relayed, async ({ stopRelay }) => stopRelay()),
  },
  {
    name: 'SNS rejects all publishes of the relays',
    alarms: alarmsOf(relayed, (service) => [`${service}-relay-late`]),
    page: 'events-impaired',
    inject: injectInto(relayed, setFault('topic', 'rejects')),
  },
  {
    name: 'many table reads take 0.6 s',
    alarms: [...alarmsOf(routedTasks, (service) => [`${service}-latency`, `${service}-deployment-latency`])],
    inject: injectInto(routedTasks, setFault('table', 'sometimes slow')),
    readsPerSecond: 130,
  },
  {
    name: 'all table reads fail',
    alarms: [
      ...alarmsOf(routed, (service) => [`${service}-errors`]),
      ...alarmsOf(routedTasks, (service) => [`${service}-deployment-errors`]),
      'probe-failed',
      'requests-impaired',
    ],
    page: 'requests-impaired',
    inject: injectInto(routed, setFault('table', 'fails')),
  },
  {
    // The instance that gets all requests, so that the load balancer itself responds.
    name: 'one of two instances stops',
    alarms: [
      ...alarmsOf(tasks, (service) => [`${service}-tasks`]),
      ...alarmsOf(routedTasks, (service) => [`${service}-deployment-connections`]),
      'edge-errors',
    ],
    page: 'requests-impaired',
    inject: injectInto(tasks, async ({ instances }) => instances[0]?.stop()),
  },
  {
    name: 'the schedule of the probe is disabled',
    alarms: ['probe-silent'],
    inject: async ({ stopProbe }) => stopProbe(),
  },
  {
    name: 'clients send tokens that no key of the issuer fits',
    alarms: alarmsOf(routedTasks, (service) => [`${service}-rejected-tokens`]),
    async inject({ url }) {
      const stranger = client(url, 'eyJhbGciOiJFUzI1NiJ9.e30.c3RyYW5nZXI');
      for (const service of routedTasks)
        for (let i = 0; i < REJECTED_TOKENS; i++) {
          const { status } = await stranger.call('GET', topology.services[service].paths[0] ?? '');
          if (status !== 401) throw new Error(`${service} responded ${status} to a token of a stranger`);
        }
    },
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
      // Tasks scale by the age.
      ...(tasks.includes(consumer)
        ? [`${consumer}/ServiceTaskCountTargetAgeof${queue.replaceAll('-', '')}UpperAlarm`]
        : []),
    ]),
    page: 'events-impaired',
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
    name: 'messages of a type arrive that no consumer knows',
    alarms: alarmsOf(consumers, (service) => [`${service}-unknown-events`]),
    async inject({ endpoint }) {
      using sender = openQueues(endpoint);
      const { body } = productUpdated('mug');
      const unknown = { ...(JSON.parse(body) as object), eventType: 'ProductReviewed' };
      for (const [queue] of queues) await sender.send(queue, { body: JSON.stringify(unknown) });
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
