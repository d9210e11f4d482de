import { setTimeout as delay } from 'node:timers/promises';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import { emptyLedger } from '@tandem/product/domain/stock';
import { productKey } from '@tandem/product/store/entity-types';
import { publisher } from '../../support/events.ts';
import { client } from '../../support/http.ts';
import { until } from '../../support/until.ts';
import { openQueues, productUpdated } from '../../support/workbench.ts';
import { MINUTE_MS } from './cloudwatch.ts';
import { type DrilledSystem, queueOf, services } from './system.ts';
import { createBacklog } from './traffic.ts';

/** Fault that is injected into a running system, and the alarms that it must raise. */
export interface Fault {
  readonly name: string;
  readonly alarms: readonly string[];
  readonly inject: (system: DrilledSystem) => Promise<void>;
  /** Reads per second; default: those of the traffic. The latency alarm ignores periods with fewer than 100 requests. */
  readonly readsPerSecond?: number;
}

const forBothServices = (namesOf: (service: ServiceName) => readonly string[]) => services.flatMap(namesOf);
const injectIntoBoth =
  (work: (drilled: DrilledSystem['of'][ServiceName], service: ServiceName) => unknown) =>
  async ({ of }: DrilledSystem) => {
    await Promise.all(services.map(async (service) => work(of[service], service)));
  };
const subscriptionOf = (service: ServiceName) =>
  topology.subscriptions.filter(({ queue }) => queue === queueOf(service));

/** Changes that wait for each relay while its topic hangs: several batches. */
const BACKLOG = 900;
/** Duration of a call with ten events: a batch of a hundred takes a second. */
const SLOW_CALL_MS = 100;

/** Faults, the longest first, since several run at the same time. A new alarm needs an entry here, or its name in one. */
export const faults: readonly Fault[] = [
  {
    name: 'SNS rejects all publishes of the relays for an hour',
    alarms: forBothServices((service) => [`${service}-relay-errors`, `${service}-relay-stuck`]),
    inject: injectIntoBoth(({ faults }) => (faults.topic = 'rejects')),
  },
  {
    name: 'the relays are stopped while the tables have writes',
    alarms: forBothServices((service) => [`${service}-relay-silent`]),
    inject: injectIntoBoth(async ({ stopRelay }) => stopRelay()),
  },
  {
    name: 'SNS hangs during many changes, and is slow afterwards',
    alarms: forBothServices((service) => [`${service}-relay-late`]),
    async inject({ of, url }) {
      for (const service of services) of[service].faults.topic = 'hangs';
      await createBacklog(url, BACKLOG);
      for (const service of services) of[service].faults.topic = SLOW_CALL_MS;
    },
  },
  {
    name: '5 % of table reads take 1.2 s',
    alarms: forBothServices((service) => [`${service}-latency`, `${service}-deployment-latency`]),
    inject: injectIntoBoth(({ faults }) => (faults.table = 'sometimes slow')),
    readsPerSecond: 130,
  },
  {
    name: 'all table reads fail',
    alarms: forBothServices((service) => [`${service}-errors`, `${service}-deployment-errors`]),
    inject: injectIntoBoth(({ faults }) => (faults.table = 'fails')),
  },
  {
    // The instance that gets all requests, so that the load balancer itself responds.
    name: 'one of two instances stops',
    alarms: [
      ...forBothServices((service) => [
        `${service}-tasks`,
        `${service}-connections`,
        `${service}-deployment-connections`,
      ]),
      'edge-errors',
    ],
    inject: injectIntoBoth(async ({ instances }) => instances[0]?.stop()),
  },
  {
    name: 'the tables throttle calls',
    alarms: forBothServices((service) => [`${topology.relays[service].table}-throttled`]),
    inject: injectIntoBoth(({ faults }) => (faults.table = 'throttles')),
  },
  {
    name: 'the services lose the permission to receive from their queues',
    alarms: forBothServices((service) => [
      `${queueOf(service)}-age`,
      `${service}/ServiceTaskCountTargetAgeof${queueOf(service).replaceAll('-', '')}UpperAlarm`,
    ]),
    inject: injectIntoBoth(({ faults }) => (faults.mayReceive = false)),
  },
  {
    name: 'poison messages arrive',
    alarms: forBothServices((service) =>
      Object.entries(topology.queues).flatMap(([, { consumer, deadLetterQueue }]) =>
        consumer === service ? [deadLetterQueue] : [],
      ),
    ),
    async inject({ endpoint }) {
      const publish = publisher(endpoint);
      await publish('product-events-topic', '{"eventType":"ProductUpdated","productId":"prod-123"}');
      await publish('cart-events-topic', '{"eventType":"ProductAddedToCart","cartId":"cart-abc"}');
    },
  },
  {
    name: 'an event exceeds the size limit of the topic',
    alarms: forBothServices((service) => [topology.relays[service].parkingQueue]),
    inject: injectIntoBoth(async ({ table }) => {
      const updatedAt = '2026-02-14T15:00:00Z';
      const tooLarge = 'x'.repeat(261_000);
      const event = { eventType: 'ProductDeleted', productId: tooLarge, version: 1, updatedAt } as const;
      const state = { productId: 'p', version: 1, updatedAt, deleted: true, ledger: emptyLedger } as const;
      await table.update(productKey('p'), () => ({ state, events: [event] }));
    }),
  },
  {
    // The emulator of SNS does not support dead-letter queues: the drill puts the message there, as SNS would.
    name: 'SNS cannot deliver a message',
    alarms: forBothServices((service) =>
      subscriptionOf(service).map(({ deadLetterQueue }) => deadLetterQueue),
    ),
    async inject({ endpoint }) {
      using queues = openQueues(endpoint);
      for (const { deadLetterQueue } of topology.subscriptions)
        await queues.put(deadLetterQueue, productUpdated('mug'));
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
