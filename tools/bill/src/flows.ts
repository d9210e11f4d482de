import { type QueueName, type ServiceName, topology } from '@tandem/contracts/topology';
import { assumptions } from './assumptions.ts';
import type { Facts } from './facts.ts';
import {
  atLeast,
  BYTES_PER_GB,
  decay,
  dividedBy,
  type Figure,
  figure,
  minus,
  plus,
  times,
} from './formula.ts';
import type { Consumption, Measurement } from './measurement.ts';
import { type PhaseUsage, placeOf, type Usage } from './usage.ts';

/** SQS requests of a queue in a month. */
export interface QueueFlow {
  readonly queue: QueueName;
  readonly consumer: ServiceName;
  readonly messages: Figure;
  /** Receives with messages, each followed by a delete. */
  readonly receives: Figure;
  readonly emptyReceives: Figure;
}

/** Invocations and publishes of a relay in a month. */
export interface RelayFlow {
  readonly service: ServiceName;
  readonly invocations: Figure;
  readonly publishes: Figure;
}

const SECONDS = figure(3_600, 's/h');
const { consumeSeconds, longPollSeconds, receiveBatch, shardPollsPerSecond, snsBatch } = assumptions;

/** Computes the flows through queues and relays, whose batching depends on the rate of changes and messages. */
export function flowsOf(usage: Usage, facts: Facts, measured: Measurement) {
  const queues = (Object.keys(topology.queues) as QueueName[]).map((queue): QueueFlow => {
    const { consumer } = topology.queues[queue];
    const { topic } = topology.subscriptions.find((it) => it.queue === queue) ?? { topic: '' };
    const messages = (of: Consumption) => sumOf(of.messages, topic);
    return {
      queue,
      consumer,
      messages: usage.total(messages),
      receives: usage.overPhases((phase) =>
        receivesOf(
          phase,
          phase.rate(messages, 'messages/s'),
          phase.tasks[consumer],
          facts.services[consumer].receivePauseSeconds,
        ),
      ),
      emptyReceives: usage.overPhases((phase) =>
        emptyReceivesOf(phase, phase.rate(messages, 'messages/s'), phase.tasks[consumer]),
      ),
    };
  });
  const relays = (['product', 'cart'] as const).map((service): RelayFlow => {
    const { table, topic } = topology.relays[service];
    const invocations = usage.overPhases((phase) =>
      invocationsOf(phase, {
        changes: phase.rate((of) => of.changes[table] ?? 0, 'changes/s'),
        shards: shardsOf(phase, table, facts),
        windowSeconds: facts.relays[service].windowSeconds,
      }),
    );
    const messages = usage.total((of) => sumOf(of.messages, topic));
    return {
      service,
      invocations,
      // On average, the last batch of an invocation is half full.
      publishes: atLeast(
        figure(invocations.value),
        plus(
          dividedBy(figure(messages.value, 'messages'), figure(snsBatch)),
          dividedBy(figure(invocations.value), figure(2)),
        ),
      ),
    };
  });
  return { queues, relays, logs: logsOf(usage, relays, measured) };
}

export type Flows = ReturnType<typeof flowsOf>;

/**
 * Receives with messages. A task receives the messages that arrived while it worked and paused, ten at most; if there are
 * none, it waits for the next one. Arrivals are Poisson, at `rate ÷ tasks` per task.
 */
function receivesOf({ hours }: PhaseUsage, rate: Figure, tasks: Figure, pauseSeconds: number): Figure {
  const seconds = times(hours, SECONDS);
  if (rate.value === 0) return figure(0);
  const busy = plus(figure(consumeSeconds, 's'), figure(pauseSeconds, 's'));
  if (rate.value * busy.value > receiveBatch * tasks.value)
    return times(seconds, dividedBy(rate, figure(receiveBatch)));
  const none = decay(dividedBy(times(busy, rate), tasks));
  const cycle = plus(busy, times(none, dividedBy(tasks, rate)));
  return times(seconds, dividedBy(tasks, { ...cycle }));
}

/** Empty receives, after a long poll of 20 s without a message. Arrivals are Poisson, at `rate ÷ tasks` per task. */
function emptyReceivesOf({ hours }: PhaseUsage, rate: Figure, tasks: Figure): Figure {
  const seconds = times(hours, SECONDS);
  const wait = figure(longPollSeconds, 's');
  if (rate.value === 0) return times(seconds, dividedBy(tasks, wait));
  const none = decay(dividedBy(times(wait, rate), tasks));
  return times(seconds, dividedBy(times(rate, none), minus(figure(1), none)));
}

/**
 * Invocations of a relay. Without a batching window Lambda polls each shard four times a second, and invokes the relay if
 * there are changes. With a window it waits for that time from the first change on.
 */
function invocationsOf(
  { hours }: PhaseUsage,
  { changes, shards, windowSeconds }: { changes: Figure; shards: Figure; windowSeconds: number },
): Figure {
  const seconds = times(hours, SECONDS);
  if (changes.value === 0) return figure(0);
  if (windowSeconds === 0) {
    const polls = times(shards, figure(shardPollsPerSecond, '/s'));
    return times(seconds, polls, minus(figure(1), decay(dividedBy(changes, polls))));
  }
  const waiting = dividedBy(times(figure(windowSeconds, 's'), changes), shards);
  return times(seconds, dividedBy(changes, { ...plus(figure(1), waiting) }));
}

/** Shards of a table's stream, one per partition: those of a new table, or more if its load requires them. */
export function shardsOf(phase: PhaseUsage, table: 'products' | 'carts', { tables }: Facts): Figure {
  const { partitions, partitionReadsPerSecond, partitionWritesPerSecond } = assumptions;
  const place = tables.find((it) => it.table === table && it.index === undefined);
  const shareOf = (kind: 'read' | 'write', unitsOfPartition: number) =>
    phase.rate((of) => of[kind][placeOf({ table })] ?? 0).value / unitsOfPartition;
  const needed = Math.ceil(
    shareOf('write', partitionWritesPerSecond) + shareOf('read', partitionReadsPerSecond),
  );
  return figure(Math.max(place?.write.mode === 'provisioned' ? 1 : partitions, needed));
}

/** GB of logs: a metrics document per minute and task, lines of some requests, a document per invocation. */
function logsOf(usage: Usage, relays: readonly RelayFlow[], measured: Measurement) {
  const bytes = (of: Figure) => dividedBy(of, BYTES_PER_GB);
  const { telemetry } = measured;
  const services = (['product', 'cart'] as const).map((service) => {
    const documents = usage.overPhases(({ hours, tasks }) =>
      times(hours, figure(60, 'minutes/h'), tasks[service], figure(telemetry[service].bytesAMinute)),
    );
    const lines = times(
      usage.requests[service],
      figure(assumptions.loggedShare),
      figure(telemetry[service].logLineBytes),
    );
    return bytes(plus(documents, lines));
  });
  const invocation = measured.relay[0]?.logBytes ?? 0;
  return {
    services: plus(...services),
    relays: bytes(
      times(plus(...relays.map(({ invocations }) => figure(invocations.value))), figure(invocation)),
    ),
  };
}

/** Sum of the entries whose name starts with the topic. */
function sumOf(sums: Readonly<Record<string, number>>, topic: string): number {
  return Object.entries(sums).reduce(
    (sum, [name, value]) => sum + (name.startsWith(`${topic} `) ? value : 0),
    0,
  );
}
