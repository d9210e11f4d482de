import { setTimeout as delay } from 'node:timers/promises';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import { emptyLedger } from '@tandem/product/domain/stock';
import { productKey } from '@tandem/product/store/kinds';
import { publisher } from '../../support/events.ts';
import { client } from '../../support/http.ts';
import { until } from '../../support/until.ts';
import { openQueues, productUpdated } from '../../support/workbench.ts';
import { MINUTE_MS } from './cloudwatch.ts';
import { type DrilledSystem, queueOf, services } from './system.ts';
import { changeMuch } from './traffic.ts';

/** Something that is done to a running system, and the alarms that have to ring for what is observed of it then. */
export interface Fault {
  readonly name: string;
  readonly alarms: readonly string[];
  readonly inject: (system: DrilledSystem) => Promise<void>;
  /** More than the traffic has unless it is told: more than the 100 a minute below which latency counts for nothing. */
  readonly readsASecond?: number;
}

const ofBoth = (namesOf: (service: ServiceName) => readonly string[]) => services.flatMap(namesOf);
const toBoth =
  (work: (of: DrilledSystem['of'][ServiceName], service: ServiceName) => unknown) =>
  async ({ of }: DrilledSystem) => {
    await Promise.all(services.map(async (service) => work(of[service], service)));
  };
const subscriptionOf = (service: ServiceName) =>
  topology.subscriptions.filter(({ queue }) => queue === queueOf(service));

/** What waits for each relay while its topic hangs: several of its batches. */
const BACKLOG = 900;
/** Of a call that takes ten events; so a batch of a hundred takes a second. */
const SLOW_CALL_MS = 100;

/** The longest first, since several are drilled at the same time. A new alarm is a name in a list, or a fault more. */
export const faults: readonly Fault[] = [
  {
    name: 'SNS refuses what the relays publish, for an hour',
    alarms: ofBoth((service) => [`${service}-relay-errors`, `${service}-relay-stuck`]),
    inject: toBoth(({ trouble }) => (trouble.topic = 'refuses')),
  },
  {
    name: 'the relays are stopped while tables are written to',
    alarms: ofBoth((service) => [`${service}-relay-silent`]),
    inject: toBoth(async ({ stopRelay }) => stopRelay()),
  },
  {
    name: 'SNS hangs while much changes, then it is slow',
    alarms: ofBoth((service) => [`${service}-relay-late`]),
    async inject({ of, url }) {
      for (const service of services) of[service].trouble.topic = 'hangs';
      await changeMuch(url, BACKLOG);
      for (const service of services) of[service].trouble.topic = SLOW_CALL_MS;
    },
  },
  {
    name: 'one read in twenty of the tables takes 1.2 s',
    alarms: ofBoth((service) => [`${service}-latency`, `${service}-deployment-latency`]),
    inject: toBoth(({ trouble }) => (trouble.table = 'slow at times')),
    readsASecond: 130,
  },
  {
    name: 'the tables have a fault',
    alarms: ofBoth((service) => [`${service}-errors`, `${service}-deployment-errors`]),
    inject: toBoth(({ trouble }) => (trouble.table = 'fails')),
  },
  {
    // The one that gets all requests, so that the load balancer has to answer them itself.
    name: 'one instance of two stops',
    alarms: [
      ...ofBoth((service) => [
        `${service}-tasks`,
        `${service}-connections`,
        `${service}-deployment-connections`,
      ]),
      'edge-errors',
    ],
    inject: toBoth(async ({ instances }) => instances[0]?.stop()),
  },
  {
    name: 'the tables turn calls away',
    alarms: ofBoth((service) => [`${topology.relays[service].table}-throttled`]),
    inject: toBoth(({ trouble }) => (trouble.table = 'throttles')),
  },
  {
    name: 'the services may not receive from their queues any more',
    alarms: ofBoth((service) => [
      `${queueOf(service)}-age`,
      `${service}/ServiceTaskCountTargetAgeof${queueOf(service).replaceAll('-', '')}UpperAlarm`,
    ]),
    inject: toBoth(({ trouble }) => (trouble.mayReceive = false)),
  },
  {
    name: 'a message that no consumer can read',
    alarms: ofBoth((service) =>
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
    name: 'an event that no topic takes',
    alarms: ofBoth((service) => [topology.relays[service].parkingQueue]),
    inject: toBoth(async ({ table }) => {
      const updatedAt = '2026-02-14T15:00:00Z';
      const tooLarge = 'x'.repeat(261_000);
      const event = { eventType: 'ProductDeleted', productId: tooLarge, version: 1, updatedAt } as const;
      const state = { productId: 'p', version: 1, updatedAt, deleted: true, ledger: emptyLedger } as const;
      await table.update(productKey('p'), () => ({ state, events: [event] }));
    }),
  },
  {
    // The emulator's SNS knows no dead letters: it is the drill that puts one there, as SNS would.
    name: 'a message that SNS could not deliver',
    alarms: ofBoth((service) => subscriptionOf(service).map(({ deadLetterQueue }) => deadLetterQueue)),
    async inject({ endpoint }) {
      using queues = openQueues(endpoint);
      for (const { deadLetterQueue } of topology.subscriptions)
        await queues.put(deadLetterQueue, productUpdated('mug'));
    },
  },
  {
    name: 'a count finds fewer units than are sold then',
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
    name: 'one cart takes most of a product, and more each minute',
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

interface Hoard {
  readonly productId: string;
  readonly onHand: number;
  readonly qty: number;
}

/** A new product of which a new cart holds some units; resolves to the cart's id. */
async function hold(url: string, { productId, onHand, qty }: Hoard): Promise<string> {
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
