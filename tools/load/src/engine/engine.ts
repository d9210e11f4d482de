import type { ArrivalKind } from '../arrivals.ts';
import type { Operation } from '../mix.ts';
import type { Outcome } from '../outcome.ts';
import type { Prepared } from '../plan.ts';
import type { Phase } from '../profiles.ts';
import type { Rates } from '../rates.ts';

/** Requests that an engine sends. */
export interface Job {
  readonly url: string;
  readonly prepared: Prepared;
  /** Requests per second at a phase's share of 1. */
  readonly rates: Rates;
  readonly phases: readonly Phase[];
  readonly arrivals: ArrivalKind;
  readonly seed: number;
}

/** Result of one request: its due time from the start of the run, and its latency from then on, in milliseconds. */
export interface Sample {
  readonly dueMs: number;
  readonly operation: Operation;
  readonly latencyMs: number;
  readonly outcome: Outcome;
}

/** Statistics of the engine itself. */
export interface Sent {
  /** Requests that were due. */
  readonly planned: number;
  /** Requests that it dropped because it could not keep up. */
  readonly dropped: number;
  /** p99 of the delay between due time and sending, of measured requests, in milliseconds. */
  readonly lateP99Ms: number;
}

/** Sends the requests of a job when they are due. Calls `start` when the run begins, and `sample` for each request, in any order. */
export type Engine = (
  job: Job,
  on: { readonly start: () => void; readonly sample: (sample: Sample) => void },
) => Promise<Sent>;
