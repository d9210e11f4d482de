import { type QueueName, topology } from '@tandem/contracts/topology';
import { assumptions } from './assumptions.ts';
import { atLeast, decay, dividedBy, type Figure, figure, minus, named, plus, times } from './formula.ts';
import { type PhaseUsage, type Quantity, sumOf, type Usage } from './usage.ts';

/** Requests of SQS for a queue in a month. */
export interface QueueFlow {
  readonly consumer: string;
  readonly messages: Figure;
  /** Receives with messages. */
  readonly receives: Figure;
  readonly deletes: Figure;
  readonly emptyReceives: Figure;
}

/** How Lambda polls a queue. */
export interface Polling {
  readonly messagesPerReceive: number;
  /** Batches that gather messages at the same time. */
  readonly gathering: number;
}

const SECONDS = figure(3_600, 's/h');
const { consumeSeconds, deleteBatch, lambdaPollers, longPollSeconds, receiveBatch } = assumptions;
const CART_EXPIRED = 'cart-events-topic CartExpired';

/** Messages that the subscriptions of a queue let through. */
export function messagesInto(queue: QueueName): Quantity {
  const delivered = topology.subscriptions
    .filter((subscription) => subscription.queue === queue)
    .flatMap(({ topic, eventTypes }) => eventTypes.map((eventType) => `${topic} ${eventType}`));
  return ({ messages }) => sumOf(delivered, (name) => messages[name] ?? 0);
}

/** Messages into a queue, with those of carts that expire, which are no requests of the mix. */
export function withExpiredCarts(queue: QueueName): Quantity {
  const delivered = topology.subscriptions.some(
    (subscription) =>
      subscription.queue === queue &&
      subscription.eventTypes.some((eventType) => `${subscription.topic} ${eventType}` === CART_EXPIRED),
  );
  const messages = messagesInto(queue);
  return (consumption) =>
    messages(consumption) + (delivered ? assumptions.expiringCarts * (consumption.created['cart'] ?? 0) : 0);
}

/**
 * Receives with messages. A task receives the messages that arrived while it worked and paused, ten at most; if there are
 * none, it waits for the next one. Arrivals are Poisson, at `rate ÷ tasks` per task.
 */
export function receivesOf({ hours }: PhaseUsage, rate: Figure, tasks: Figure, pauseSeconds: number): Figure {
  const seconds = times(hours, SECONDS);
  if (rate.value === 0) return figure(0);
  const busy = plus(figure(consumeSeconds, 's'), figure(pauseSeconds, 's'));
  if (rate.value * busy.value > receiveBatch * tasks.value)
    return times(seconds, dividedBy(rate, figure(receiveBatch)));
  const none = decay(dividedBy(times(busy, rate), tasks));
  const cycle = plus(busy, times(none, dividedBy(tasks, rate)));
  return times(seconds, dividedBy(tasks, cycle));
}

/** Empty receives, after a long poll of 20 s without a message. Arrivals are Poisson, at `rate ÷ tasks` per task. */
export function emptyReceivesOf({ hours }: PhaseUsage, rate: Figure, tasks: Figure): Figure {
  const seconds = times(hours, SECONDS);
  const wait = figure(longPollSeconds, 's');
  if (rate.value === 0) return times(seconds, dividedBy(tasks, wait));
  const none = decay(dividedBy(times(wait, rate), tasks));
  return times(seconds, dividedBy(times(rate, none), minus(figure(1), none)));
}

/** Requests of SQS for a queue that Lambda polls, given the batches of its service, which its `share` of queues fill. */
export function polledQueueFlow(
  queue: QueueName,
  usage: Usage,
  {
    polling,
    batchesIn,
    share,
  }: { polling: Polling; batchesIn: (phase: PhaseUsage) => Figure; share: number },
): QueueFlow {
  const into = withExpiredCarts(queue);
  const messages = usage.total(into);
  const batches = dividedBy(usage.overPhases(batchesIn), figure(share));
  const emptyIn = (phase: PhaseUsage) =>
    emptyReceivesOf(phase, phase.rate(into, 'messages/s'), figure(lambdaPollers));
  const calls = (each: number) => atLeast(batches, dividedBy(messages, figure(each)));
  return {
    consumer: topology.queues[queue].consumer,
    messages: named(`messages into ${queue}`, messages, 'enqueued'),
    receives: named(`receives of ${queue}`, calls(polling.messagesPerReceive), 'received'),
    deletes: named(`deletes of ${queue}`, calls(deleteBatch), 'deleted'),
    emptyReceives: named(`empty receives of ${queue}`, usage.overPhases(emptyIn), 'empty'),
  };
}
