import { type QueueName, type ServiceName, topology } from '@tandem/contracts/topology';
import { assumptions } from './assumptions.ts';
import { AUDITED, auditLines } from './audit-rows.ts';
import type { Facts, RelayFacts } from './facts.ts';
import { functionServiceFlow } from './function-flows.ts';
import { emptyReceivesOf, messagesInto, type Polling, type QueueFlow, receivesOf } from './queue-flows.ts';
import {
  atLeast,
  BYTES_PER_GB,
  decay,
  dividedBy,
  type Figure,
  figure,
  minus,
  named,
  plus,
  times,
} from './formula.ts';
import { type Measurement, serviceMeasurement } from './measurement.ts';
import { HOURS } from './traffic-rows.ts';
import { type PhaseUsage, measuredNameOf, sumOf, type Usage } from './usage.ts';

/** Invocations of a Lambda function in a month. */
export interface FunctionFlow {
  readonly invocations: Figure;
  readonly milliseconds: number;
  readonly memoryGb: number;
  readonly isArm: boolean;
  /** Bytes that an invocation logs. */
  readonly logBytes: number;
}

const SECONDS = figure(3_600, 's/h');
const { shardPollsPerSecond, snsBatch } = assumptions;

/** Computes the flows through queues, relays and functions, whose batching depends on the rate of changes and messages. */
export function flowsOf(
  usage: Usage,
  facts: Facts,
  measured: Measurement,
  polling: Polling = assumptions.polling.expected,
) {
  const queues = (Object.keys(topology.queues) as QueueName[]).flatMap((queue): QueueFlow[] => {
    const { consumer } = topology.queues[queue];
    const pauseSeconds = facts.services[consumer]?.receivePauseSeconds;
    if (pauseSeconds === undefined) return [];
    const messages = messagesInto(queue);
    const receives = (receivesIn: typeof receivesOf) =>
      usage.overPhases((phase) =>
        receivesIn(phase, phase.rate(messages, 'messages/s'), phase.tasksOf(consumer), pauseSeconds),
      );
    const received = named(`receives of ${queue}`, receives(receivesOf), 'received');
    return [
      {
        consumer,
        messages: named(`messages into ${queue}`, usage.total(messages), 'enqueued'),
        receives: received,
        deletes: received,
        emptyReceives: named(`empty receives of ${queue}`, receives(emptyReceivesOf), 'empty'),
      },
    ];
  });
  const relays = Object.entries(facts.relays).flatMap(([service, relay]) => {
    const { table, topic } = topology.relays[service as ServiceName] ?? {};
    return table === undefined
      ? []
      : [relayFlow(`${service}-relay`, relay, { usage, facts, measured, table, topic })];
  });
  const functionServices = Object.entries(facts.functions).map(([service, ofService]) =>
    functionServiceFlow(service as ServiceName, ofService, { usage, measured, polling }),
  );
  /** Every function of the deployment. */
  const functions: readonly FunctionFlow[] = [
    ...relays,
    ...functionServices.flatMap((flow) => flow.functions),
    ...(facts.probe ? [probeFlow(facts.probe)] : []),
  ];
  return {
    /** Queues that tasks consume. */
    queues,
    /** Services that run as functions. */
    functionServices,
    functions,
    publishes: plus(...relays.map(({ publishes }) => publishes)),
    logs: logsOf(usage, facts, functions, measured),
  };
}

export type Flows = ReturnType<typeof flowsOf>;

/** Runs of the probe, which log nothing unless they fail. Its four requests are not counted: 0.05 a second in a month of millions. */
function probeFlow({ minutes, memoryGb, isArm }: NonNullable<Facts['probe']>): FunctionFlow {
  const invocations = dividedBy(times(HOURS, figure(60, 'minutes/h')), figure(minutes, 'minutes'));
  return {
    invocations: named('runs of the probe', invocations),
    milliseconds: assumptions.probeMilliseconds,
    memoryGb,
    isArm,
    logBytes: 0,
  };
}

function relayFlow(
  name: string,
  { windowSeconds, memoryGb, isArm }: RelayFacts,
  {
    usage,
    facts,
    measured,
    table,
    topic,
  }: { usage: Usage; facts: Facts; measured: Measurement; table: string; topic: string | undefined },
) {
  const invocations = named(
    `invocations of ${name}`,
    usage.overPhases((phase) =>
      invocationsOf(
        phase,
        phase.rate(({ changes }) => changes[table] ?? 0, 'changes/s'),
        shardsOf(phase, table, facts),
        windowSeconds,
      ),
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
    dividedBy(invocations, figure(2)),
  );
  return {
    invocations,
    milliseconds: assumptions.relayMilliseconds,
    memoryGb,
    isArm,
    logBytes: measured.relayLogBytes,
    publishes: named(`publishes of ${name}`, atLeast(invocations, publishes)),
  };
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
function logsOf(usage: Usage, facts: Facts, functions: readonly FunctionFlow[], measured: Measurement) {
  const services = Object.keys(facts.services).map((service) => {
    const { metricsBytesPerMinute, logLineBytes } = serviceMeasurement(measured, service);
    const metrics = usage.overPhases(({ hours, tasksOf }) =>
      times(hours, figure(60, 'minutes/h'), tasksOf(service), figure(metricsBytesPerMinute)),
    );
    const share = figure(assumptions.loggedShare);
    const lines = times(usage.requestsOf(service), share, figure(logLineBytes));
    const audited =
      service === AUDITED ? times(auditLines(usage), figure(assumptions.auditLineBytes)) : figure(0);
    return dividedBy(plus(metrics, lines, audited), BYTES_PER_GB);
  });
  const logged = functions.map(({ invocations, logBytes }) => times(invocations, figure(logBytes)));
  const ofFunctions = dividedBy(plus(...logged), BYTES_PER_GB);
  return {
    services: named('GB of services', plus(...services), 'GB'),
    functions: named('GB of functions', ofFunctions, 'GB'),
  };
}
