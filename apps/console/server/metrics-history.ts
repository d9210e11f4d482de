import { mapServices, type Topology } from '@tandem/contracts/topology';
import type { Metrics } from './metrics.ts';
import type { FaultMark, MetricsHistory, ServiceState, State } from './protocol.ts';

export const SAMPLE_MS = 5_000;
const MAX_MINUTES = 15;
const MAX_SAMPLES = (MAX_MINUTES * 60_000) / SAMPLE_MS;
const MAX_MARKS = 1_000;

interface Sample {
  readonly state: State;
  readonly lags: Readonly<Record<string, ServiceState['lagMs']>>;
}

/** Metrics of the last 15 minutes, bounded in memory. */
export interface History {
  /** Takes a sample; the values are those since the previous one. Never rejects. */
  sample(): Promise<void>;
  mark(mark: Omit<FaultMark, 'at'>): void;
  /** The samples of the last minutes, at most 15. */
  read(minutes: number): MetricsHistory;
}

export interface HistoryOptions {
  readonly topology: Topology;
  readonly metrics: Pick<Metrics, 'lagOf'>;
  readonly state: () => Promise<State>;
}

export function createHistory({ topology, metrics, state }: HistoryOptions): History {
  const services = Object.keys(topology.services) as (keyof typeof topology.services)[];
  const samples: Sample[] = [];
  const marks: FaultMark[] = [];

  return {
    async sample() {
      const since = samples.at(-1)?.state.at ?? Date.now() - SAMPLE_MS;
      const current = await state();
      samples.push({
        state: current,
        lags: mapServices((service) => metrics.lagOf(service, since), services),
      });
      if (samples.length > MAX_SAMPLES + 1) samples.shift();
    },
    mark(mark) {
      marks.push({ at: Date.now(), ...mark });
      if (marks.length > MAX_MARKS) marks.shift();
    },
    read(minutes) {
      const taken = samples.slice(-(Math.min(minutes, MAX_MINUTES) * 60_000) / SAMPLE_MS - 1);
      const endAt = taken.at(-1)?.state.at ?? Date.now();
      /** A value of each sample but the first, which only begins the first interval. */
      const series = (value: (sample: Sample, previous: State) => number | undefined) =>
        taken.slice(1).map((sample, i) => {
          const previous = taken[i]?.state;
          return (previous && value(sample, previous)) ?? null;
        });
      const perSecond = (count: (state: State) => number) =>
        series(({ state }, previous) => rate(count(state) - count(previous), state.at - previous.at));
      return {
        stepMs: SAMPLE_MS,
        endAt,
        services: mapServices(
          (service) => ({
            requestsPerSecond: perSecond(({ traffic }) => {
              const { reads, writes } = traffic.requests[service];
              return reads + writes;
            }),
            lagP50Ms: series(({ lags }) => lags[service]?.p50),
            lagMaxMs: series(({ lags }) => lags[service]?.max),
          }),
          services,
        ),
        tables: fromKeys(topology.tables, (table) => ({
          writesPerSecond: perSecond(({ tables }) => tables[table]?.writes ?? 0),
        })),
        queues: fromKeys(topology.queues, (queue) => {
          const of = ({ state }: Sample) => state.queues[queue];
          return {
            backlog: series((sample) => of(sample).visible + of(sample).inFlight),
            oldestMs: series((sample) => of(sample).oldestMs),
          };
        }),
        deadLetters: fromKeys(taken.at(-1)?.state.deadLetters ?? {}, (name) =>
          series(({ state }) => state.deadLetters[name]),
        ),
        marks: marks.filter(({ at }) => at >= Date.now() - minutes * 60_000),
      };
    },
  };
}

function rate(count: number, ms: number): number {
  return Math.round((Math.max(0, count) * 10_000) / Math.max(1, ms)) / 10;
}

function fromKeys<K extends string, T>(
  record: Readonly<Record<K, unknown>>,
  value: (key: K) => T,
): Readonly<Record<K, T>> {
  return Object.fromEntries((Object.keys(record) as K[]).map((key) => [key, value(key)])) as Record<K, T>;
}
