import type { ApplyBatch } from '@tandem/chassis/messaging/consumer';
import { DomainError } from '@tandem/chassis/errors';
import { bodyOf, type Publish } from '@tandem/chassis/messaging/publisher';
import { createMetrics } from '@tandem/chassis/metrics';
import type { TandemEvent } from '@tandem/contracts/events';
import { readEvent } from '@tandem/contracts/read-event';
import { createRelay, type RelayDeps } from '@tandem/relay/relay';
import type { ChangeFeed } from '@tandem/storage/table';
import type { Step } from './steps.ts';

type ServiceName = 'product' | 'cart';

/** Change of published events before their delivery. */
export interface Transit {
  readonly onEvent?: (event: TandemEvent, to: ServiceName) => TandemEvent;
}

interface Message {
  readonly event: TandemEvent;
  readonly redeliveries: number;
}

/** Options of the messages between the services. */
export interface MessagesOptions {
  readonly feeds: Readonly<Record<ServiceName, ChangeFeed>>;
  readonly appliers: Readonly<Record<ServiceName, readonly ApplyBatch[]>>;
  readonly eventsForExpiredItem: RelayDeps['eventsForExpiredItem'];
  readonly transit: Transit;
}

const MAX_REDELIVERIES = 2;

/** Opens relays of both services that publish to two queues, from which steps deliver messages. */
export function openMessages({ feeds, appliers, eventsForExpiredItem, transit }: MessagesOptions) {
  const queues: Record<ServiceName, Message[]> = { product: [], cart: [] };
  const published: TandemEvent[] = [];

  const publishTo =
    (to: ServiceName): Publish =>
    async (events) => {
      for (const outgoing of events) {
        const reading = readEvent(bodyOf(outgoing));
        if (!reading.ok) throw new Error(JSON.stringify(reading));
        published.push(reading.event);
        // Cart does not subscribe to shortages.
        if (reading.event.eventType === 'InventoryShort') continue;
        const event = transit.onEvent?.(reading.event, to) ?? reading.event;
        queues[to].push({ event, redeliveries: 0 });
      }
      return events.map(() => ({ status: 'published' }));
    };
  const relayTo = (to: ServiceName) =>
    createRelay({
      publish: publishTo(to),
      park: () => Promise.reject(new Error('an event was parked')),
      eventsForExpiredItem,
      topic: 'any',
      metrics: createMetrics(),
      log: { warn: fail, error: fail },
    });
  const relays = [
    [feeds.product, relayTo('cart')],
    [feeds.cart, relayTo('product')],
  ] as const;

  /** Applies messages at one instance, or at both concurrently; messages that fail because of a lost response are retried. */
  const apply = async (to: ServiceName, messages: readonly Message[], instances: readonly ApplyBatch[]) => {
    const events = messages.map(({ event }) => event);
    const outcomes = await Promise.all(instances.map(async (apply) => apply(events)));
    for (const [i, message] of messages.entries()) {
      const failed = outcomes.flatMap((results) =>
        results[i]?.status === 'failed' ? [results[i].error] : [],
      );
      for (const error of failed)
        if (!(error instanceof DomainError && error.kind === 'unavailable')) throw error;
      if (failed.length > 0) queues[to].push(message);
    }
  };

  const relay = async () => {
    for (const [feed, publish] of relays) {
      const changes = await changesOf(feed);
      await publish(changes);
      const last = changes.at(-1);
      if (last) await feed.checkpoint(last);
    }
  };
  const deliver = async ({
    to,
    messages,
    isRedelivered,
    atBothInstances,
  }: Extract<Step, { do: 'deliver' }>) => {
    const batch = messages.flatMap((nth) => takeFrom(queues[to], nth));
    await apply(to, batch, atBothInstances ? appliers[to] : appliers[to].slice(0, 1));
    if (isRedelivered) queues[to].push(...batch.flatMap(redelivered));
  };

  return {
    relay,
    deliver,
    /** Number of messages in both queues. */
    queued: () => queues.product.length + queues.cart.length,
    /** All published events, including duplicates. */
    published,
    /** Delivers all messages and those that they cause, in an order given by the numbers. */
    async drain(order: readonly number[]) {
      for (let i = 0; queues.product.length + queues.cart.length > 0; i++) {
        const nth = order[i % order.length] ?? 0;
        const isProduct = queues.cart.length === 0 || (queues.product.length > 0 && nth % 2 === 0);
        const to = isProduct ? 'product' : 'cart';
        await deliver({
          do: 'deliver',
          to,
          messages: [nth, nth + 1],
          isRedelivered: nth % 5 === 0,
          atBothInstances: nth % 7 === 0,
        });
        await relay();
        if (i > 20_000) throw new Error('the system does not come to rest');
      }
    },
    /** Loses a response of Product, if there is one in the queue; the rest of its event is delivered. */
    loseResponse(nth: number) {
      const responses = queues.cart.filter(({ event }) => isResponse(event));
      const message = responses[nth % Math.max(1, responses.length)];
      if (!message) return;
      const { event } = message;
      const remaining =
        event.eventType === 'ProductUpdated'
          ? [{ ...message, event: { ...event, reserved: undefined } }]
          : [];
      queues.cart.splice(queues.cart.indexOf(message), 1, ...remaining);
    },
  };
}

function isResponse(event: TandemEvent): boolean {
  return (
    event.eventType.startsWith('InventoryReserv') || ('reserved' in event && event.reserved !== undefined)
  );
}

function fail(): never {
  throw new Error('must not happen');
}

/** Changes of a feed so far, without waiting for more. */
async function changesOf(feed: ChangeFeed) {
  const stopping = new AbortController();
  const reading = feed.read(1_000, stopping.signal);
  stopping.abort();
  return await reading;
}

function takeFrom<T>(items: T[], nth: number): T[] {
  return items.splice(nth % Math.max(1, items.length), 1);
}

function redelivered({ event, redeliveries }: Message): Message[] {
  return redeliveries < MAX_REDELIVERIES ? [{ event, redeliveries: redeliveries + 1 }] : [];
}
