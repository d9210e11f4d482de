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
import { type Measurement, serviceMeasurement } from './measurement.ts';
import { type PhaseUsage, measuredNameOf, type Quantity, sumOf, type Usage } from './usage.ts';

/** SQS requests of a queue in a month. */
export interface QueueFlow {
  readonly queue: string;
  readonly consumer: string;
  readonly messages: Figure;
  /** Receives with messages, each followed by a delete. */
  readonly receives: Figure;
  readonly emptyReceives: Figure;
}

/** Invocations and publishes of a relay in a month. */
export interface RelayFlow {
  readonly service: string;
  readonly invocations: Figure;
  readonly publishes: Figure;
}

const SECONDS = figure(3_600, 's/h');
const { consumeSeconds, longPollSeconds, receiveBatch, shardPollsPerSecond, snsBatch } = assumptions;

/** Computes the flows through queues and relays, whose batching depends on the rate of changes and messages. */
export function flowsOf(usage: Usage, facts: Facts, measured: Measurement) {
  const queues = (Object.keys(topology.queues) as QueueName[]).flatMap((queue): QueueFlow[] => {
    const { consumer } = topology.queues[queue];
    const { receivePauseSeconds } = facts.services[consumer] ?? {};
    if (receivePauseSeconds === undefined) return [];
    const subscriptions = topology.subscriptions.filter((subscription) => subscription.queue === queue);
    const delivered = subscriptions.flatMap(({ topic, eventTypes }) =>
      eventTypes.map((eventType) => `${topic} ${eventType}`),
    );
    const messages: Quantity = (consumption) => sumOf(delivered, (name) => consumption.messages[name] ?? 0);
    const rateIn = (phase: PhaseUsage) => phase.rate(messages, 'messages/s');
    return [
      {
        queue,
        consumer,
        messages: usage.total(messages),
        receives: usage.overPhases((phase) =>
          receivesOf(phase, rateIn(phase), phase.tasksOf(consumer), receivePauseSeconds),
        ),
        emptyReceives: usage.overPhases((phase) =>
          emptyReceivesOf(phase, rateIn(phase), phase.tasksOf(consumer)),
        ),
      },
    ];
  });
  const relays = Object.entries(facts.relays).flatMap(([service, { windowSeconds }]): RelayFlow[] => {
    const { table, topic } = topology.relays[service as ServiceName] ?? {};
    if (table === undefined) return [];
    const invocations = usage.overPhases((phase) =>
      invocationsOf(
        phase,
        phase.rate(({ changes }) => changes[table] ?? 0, 'changes/s'),
        shardsOf(phase, table, facts),
        windowSeconds,
      ),
    );
    const messages = usage.total((consumption) =>
      sumOf(Object.entries(consumption.messages), ([name, count]) =>
        name.startsWith(`${topic} `) ? count : 0,
      ),
    );
    // On average, the last batch of an invocation is half full.
    const publishes = plus(
      dividedBy(figure(messages.value, 'messages'), figure(snsBatch)),
      dividedBy(figure(invocations.value), figure(2)),
    );
    return [{ service, invocations, publishes: atLeast(figure(invocations.value), publishes) }];
  });
  return { queues, relays, logs: logsOf(usage, facts, relays, measured) };
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
  return times(seconds, dividedBy(tasks, cycle));
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
  changes: Figure,
  shards: Figure,
  windowSeconds: number,
): Figure {
  const seconds = times(hours, SECONDS);
  if (changes.value === 0) return figure(0);
  if (windowSeconds === 0) {
    const polls = times(shards, figure(shardPollsPerSecond, '/s'));
    return times(seconds, polls, minus(figure(1), decay(dividedBy(changes, polls))));
  }
  const waiting = dividedBy(times(figure(windowSeconds, 's'), changes), shards);
  return times(seconds, dividedBy(changes, plus(figure(1), waiting)));
}

/** Shards of a table's stream, one per partition: those of a new table, or more if its load requires them. */
export function shardsOf(phase: PhaseUsage, table: string, { tables }: Facts): Figure {
  const { partitions, partitionReadsPerSecond, partitionWritesPerSecond } = assumptions;
  const own = tables.find((facts) => measuredNameOf(facts) === table);
  const needed = Math.ceil(
    phase.rate(({ write }) => write[table] ?? 0).value / partitionWritesPerSecond +
      phase.rate(({ read }) => read[table] ?? 0).value / partitionReadsPerSecond,
  );
  return figure(Math.max(own?.write.mode === 'provisioned' ? 1 : partitions, needed));
}

/** GB of logs: metrics per minute and task, lines of some requests, metrics per invocation. */
function logsOf(usage: Usage, facts: Facts, relays: readonly RelayFlow[], measured: Measurement) {
  const services = Object.keys(facts.services).map((service) => {
    const { metricsBytesPerMinute, logLineBytes } = serviceMeasurement(measured, service);
    const metrics = usage.overPhases(({ hours, tasksOf }) =>
      times(hours, figure(60, 'minutes/h'), tasksOf(service), figure(metricsBytesPerMinute)),
    );
    const share = figure(assumptions.loggedShare);
    const lines = times(usage.requestsOf(service), share, figure(logLineBytes));
    return dividedBy(plus(metrics, lines), BYTES_PER_GB);
  });
  const invocations = plus(...relays.map((relay) => figure(relay.invocations.value)));
  return {
    services: plus(...services),
    relays: dividedBy(times(invocations, figure(measured.relayLogBytes)), BYTES_PER_GB),
  };
}
