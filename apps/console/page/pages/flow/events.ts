import type { QueueName, ServiceName, TopicName, Topology } from '@tandem/contracts/topology';
import type { Step } from '../../../server/protocol.ts';

/** Latest outcome of the delivery of an event to a consumer. */
export interface Delivery {
  readonly queue: QueueName;
  readonly service: ServiceName;
  /** `waiting`: published, and not received yet. */
  readonly outcome: 'waiting' | 'received' | 'applied' | 'failed' | 'deadLettered';
  readonly at: number;
  /** 0 before the first attempt. */
  readonly attempt: number;
}

/** Event with its deliveries, from its steps. */
export interface EventEntry {
  readonly eventId: string;
  readonly eventType: string;
  /** First step of the event, in milliseconds since the epoch. */
  readonly at: number;
  /** Commit of the change; undefined for a snapshot. */
  readonly committedAt?: number | undefined;
  readonly topic?: TopicName | undefined;
  readonly productId?: string | undefined;
  readonly cartId?: string | undefined;
  readonly traceId?: string | undefined;
  /** Whether its relay could not publish it. */
  readonly isParked?: boolean | undefined;
  /** In the order of the queues. */
  readonly deliveries: readonly Delivery[];
}

/** Criteria of the live list; all given ones must match. */
export interface EventFilter {
  readonly type?: string | undefined;
  readonly product?: string | undefined;
  /** Public id. */
  readonly cart?: string | undefined;
  readonly trace?: string | undefined;
  /** Whether only events match that could not be published, or of which an attempt to consume them failed. */
  readonly hasErrors?: boolean | undefined;
  /** Text in the type or in an id. */
  readonly text?: string | undefined;
}

type Draft = { -readonly [K in keyof EventEntry]: EventEntry[K] } & { deliveries: Delivery[] };

/** Events of steps, newest first. Requests are no events. */
export function eventsOf(steps: readonly Step[], topology: Topology): readonly EventEntry[] {
  const { queues } = topology;
  const entries = new Map<string, Draft>();
  for (const step of steps) {
    if (step.kind === 'request') continue;
    const { eventId, eventType, at, traceId, productId, cartId, committedAt } = step;
    const entry: Draft = entries.get(eventId) ?? { eventId, eventType, at, deliveries: [] };
    entries.set(eventId, entry);
    entry.at = Math.min(entry.at, at);
    entry.traceId ??= traceId;
    entry.productId ??= productId;
    entry.cartId ??= cartId;
    entry.committedAt ??= committedAt;
    if (step.kind === 'parked') {
      entry.topic ??= step.topic;
      entry.isParked = true;
    } else if (step.kind === 'published') {
      entry.isParked = false;
      entry.topic ??= step.topic;
      for (const delivery of expectedOf(step, topology))
        entry.deliveries = withDelivery(entry.deliveries, delivery);
    } else entry.deliveries = withDelivery(entry.deliveries, deliveryOf(step, queues));
  }
  return [...entries.values()].toSorted((a, b) => b.at - a.at);
}

function deliveryOf(
  { kind, queue, at, attempt }: Step & { kind: 'received' | 'applied' | 'returned' },
  queues: Topology['queues'],
): Delivery {
  const { consumer: service, maxReceiveCount } = queues[queue];
  const failure = attempt >= maxReceiveCount ? 'deadLettered' : 'failed';
  return { queue, service, outcome: kind === 'returned' ? failure : kind, at, attempt };
}

/** Deliveries of an event that was just published: to all queues that subscribe to it. */
function expectedOf(
  { topic, eventType, at }: Step & { kind: 'published' },
  { subscriptions, queues }: Topology,
): Delivery[] {
  return subscriptions
    .filter((other) => other.topic === topic && other.eventTypes.some((type) => type === eventType))
    .map(({ queue }) => ({ queue, service: queues[queue].consumer, outcome: 'waiting', at, attempt: 0 }));
}

/** A delivery that was applied stays so, whatever a duplicate meets; so does any, if the event is published again. */
function withDelivery(deliveries: readonly Delivery[], next: Delivery): Delivery[] {
  const former = deliveries.find(({ queue }) => queue === next.queue);
  if (former?.outcome === 'applied' || (former && next.outcome === 'waiting')) return [...deliveries];
  return [...deliveries.filter(({ queue }) => queue !== next.queue), next].toSorted((a, b) =>
    a.queue.localeCompare(b.queue),
  );
}

/** Whether an event matches a filter. */
export function matches(
  event: EventEntry,
  { type, product, cart, trace, hasErrors, text = '' }: EventFilter,
): boolean {
  const { eventType, productId = '', cartId = '', traceId = '', eventId, isParked, deliveries } = event;
  const searched = [eventType, productId, cartId, traceId, eventId].join(' ').toLowerCase();
  return (
    (type === undefined || eventType === type) &&
    (product === undefined || productId === product) &&
    (cart === undefined || cartId === cart) &&
    (trace === undefined || traceId === trace) &&
    (hasErrors !== true || isParked === true || deliveries.some(isFailure)) &&
    text
      .toLowerCase()
      .split(/\s+/)
      .every((word) => searched.includes(word))
  );
}

function isFailure({ outcome, attempt }: Delivery): boolean {
  return outcome === 'failed' || outcome === 'deadLettered' || attempt > 1;
}

/** Filter of an address; empty parameters are none. */
export function filterOf(parameters: URLSearchParams): EventFilter {
  const text = (name: string) => parameters.get(name) || undefined;
  return {
    type: text('type'),
    product: text('product'),
    cart: text('cart'),
    trace: text('trace'),
    hasErrors: parameters.get('errors') === '1',
    text: text('q'),
  };
}
