import { type QueueName, type ServiceName, topology } from '@tandem/contracts/topology';
import { assumptions } from './assumptions.ts';
import type { FunctionServiceFacts } from './facts.ts';
import type { FunctionFlow } from './flows.ts';
import { atLeast, dividedBy, type Figure, figure, named, plus, times } from './formula.ts';
import { type BatchMeasurement, type Measurement, serviceMeasurement } from './measurement.ts';
import { type Polling, polledQueueFlow, type QueueFlow, withExpiredCarts } from './queue-flows.ts';
import { type PhaseUsage, type Quantity, sumOf, type Usage } from './usage.ts';

/** What a service that runs as functions consumes in a month. */
export interface FunctionServiceFlow {
  readonly service: ServiceName;
  readonly queues: readonly QueueFlow[];
  readonly functions: readonly FunctionFlow[];
  /** Units of its table, and bytes that are stored there. */
  readonly read: Figure;
  readonly write: Figure;
  readonly storedBytes: Figure;
}

const SECONDS = figure(3_600, 's/h');
const { daysOfMonth, figuresKeptDays, insights } = assumptions;

/** Computes the flows of a service that runs as functions: of its queues in batches, of its API, and of its table. */
export function functionServiceFlow(
  service: ServiceName,
  facts: FunctionServiceFacts,
  { usage, measured, polling }: { usage: Usage; measured: Measurement; polling: Polling },
): FunctionServiceFlow {
  const { consumer, api } = facts;
  const own = (Object.keys(topology.queues) as QueueName[]).filter(
    (queue) => topology.queues[queue].consumer === service,
  );
  const messages: Quantity = (consumption) => sumOf(own, (queue) => withExpiredCarts(queue)(consumption));
  const rateIn = (phase: PhaseUsage) => phase.rate(messages, 'messages/s');
  // A service that was not measured is assumed to consume as much as another.
  const { sizes = [], batchesPerCompaction = 1 } =
    measured.batches[service] ?? Object.values(measured.batches)[0] ?? {};
  const points = sizes.filter(({ gathering }) => gathering === polling.gathering);
  const batchesIn = (phase: PhaseUsage) =>
    consumer ? batchesOf(phase, rateIn(phase), consumer, polling.gathering) : figure(0);
  const perBatch = (phase: PhaseUsage, valueOf: (point: BatchMeasurement) => number) => {
    const events = (phase.hours.value * 3_600 * rateIn(phase).value) / (batchesIn(phase).value || 1);
    return figure(
      interpolated(
        points.map((point) => [point.events, valueOf(point)]),
        events,
      ),
    );
  };
  // A day's totals grow no more once they have most products in each hour, as they do at the highest measured rate.
  const highest = Math.max(...points.map(({ perMinute }) => perMinute));
  const perDay = (phase: PhaseUsage, valueOf: (point: BatchMeasurement) => number) =>
    figure(
      interpolated(
        points.map((point) => [point.perMinute, valueOf(point)]),
        Math.min(60 * rateIn(phase).value, highest),
      ),
    );
  /** Sum over the batches of all phases. */
  const overBatches = (valueOf: (phase: PhaseUsage) => Figure) =>
    usage.overPhases((phase) => times(batchesIn(phase), valueOf(phase)));
  /** Mean over the month. */
  const overDays = (valueOf: (phase: PhaseUsage) => Figure) =>
    dividedBy(
      usage.overPhases((phase) => times(phase.hours, valueOf(phase))),
      figure(assumptions.hours, 'h'),
    );

  const batches = named(`batches of ${service}`, usage.overPhases(batchesIn), 'batches');
  const units = (access: 'read' | 'write') =>
    plus(
      overBatches((phase) => perBatch(phase, (point) => point[access])),
      dividedBy(
        overBatches((phase) => perDay(phase, ({ compaction }) => compaction[access])),
        figure(batchesPerCompaction, 'batches'),
      ),
    );
  const views = times(figure(insights.viewsPerDay, '/day'), figure(daysOfMonth, 'days'));
  // The list of products reads the totals of each day, and on average half of the batches that are not compacted.
  const viewUnits = plus(
    times(
      figure(insights.days),
      overDays((phase) => perDay(phase, ({ totals }) => totals.read)),
    ),
    times(
      dividedBy(figure(batchesPerCompaction), figure(2)),
      overDays((phase) => perBatch(phase, ({ batch }) => batch.read)),
    ),
  );
  const months = (days: number) => dividedBy(figure(days, 'days'), figure(daysOfMonth));
  const metricsBytes = serviceMeasurement(measured, service).metricsBytesPerMinute;
  const requests = named(`requests to ${service}`, times(views, figure(insights.requestsPerView)));
  return {
    service,
    queues: consumer
      ? own.map((queue) => polledQueueFlow(queue, usage, { polling, batchesIn, share: own.length }))
      : [],
    functions: [
      ...(consumer
        ? [
            {
              ...consumer,
              invocations: batches,
              milliseconds: assumptions.consumerMilliseconds,
              logBytes: Math.max(...points.map((point) => point.logBytes)),
            },
          ]
        : []),
      ...(api
        ? [
            {
              ...api,
              invocations: requests,
              milliseconds: assumptions.apiMilliseconds,
              logBytes: metricsBytes,
            },
          ]
        : []),
    ],
    write: named(`write units of ${service}`, units('write')),
    read: named(`read units of ${service}`, plus(units('read'), ...(api ? [times(views, viewUnits)] : []))),
    storedBytes: named(
      `bytes of ${service}`,
      plus(
        times(
          months(figuresKeptDays.batch),
          overBatches((phase) => perBatch(phase, ({ batch }) => batch.bytes)),
        ),
        times(
          figure(figuresKeptDays.totals, 'days'),
          overDays((phase) => perDay(phase, ({ totals }) => totals.bytes)),
        ),
      ),
    ),
  };
}

/** Batches of a phase: each poller that gathers one waits for its first message, then for the window or a full batch. */
function batchesOf(
  { hours }: PhaseUsage,
  rate: Figure,
  { windowSeconds, batchSize }: NonNullable<FunctionServiceFacts['consumer']>,
  gathering: number,
): Figure {
  const gathered = dividedBy(times(figure(windowSeconds, 's'), rate), figure(gathering));
  const full = dividedBy(rate, figure(batchSize));
  return times(hours, SECONDS, atLeast(dividedBy(rate, plus(figure(1), gathered)), full));
}

/** Value at x on the line through points in ascending order, which goes on at both ends; 0 without points. */
export function interpolated(points: readonly (readonly [x: number, y: number])[], x: number): number {
  const above = points.findIndex(([at]) => at >= x);
  const next = above < 0 ? points.length - 1 : Math.max(above, 1);
  const [from, to] = [points[next - 1], points[next]];
  if (!from || !to) return points[0]?.[1] ?? 0;
  return Math.max(0, from[1] + ((x - from[0]) / (to[0] - from[0])) * (to[1] - from[1]));
}
