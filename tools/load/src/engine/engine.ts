import type { ArrivalKind } from '../arrivals.ts';
import type { Operation } from '../mix.ts';
import type { Outcome } from '../outcome.ts';
import type { Prepared } from '../plan.ts';
import type { Phase } from '../profiles.ts';
import type { Rates } from '../rates.ts';

/** What an engine is to send. */
export interface Job {
  readonly url: string;
  readonly prepared: Prepared;
  /** A second, of the phases' shares of 1. */
  readonly rates: Rates;
  readonly phases: readonly Phase[];
  readonly arrivals: ArrivalKind;
  readonly seed: number;
}

/** One request: when it was due, from the start of the run, and how long after that it was answered, in milliseconds. */
export interface Sample {
  readonly dueMs: number;
  readonly operation: Operation;
  readonly latencyMs: number;
  readonly outcome: Outcome;
}

/** How well the engine itself kept up. */
export interface Sent {
  /** Requests that were due. */
  readonly planned: number;
  /** Those that it did not send for want of its own time. */
  readonly dropped: number;
  /** How late the 99th percentile of what is measured left, in milliseconds. */
  readonly lateP99Ms: number;
}

/** Sends a job's requests when they are due, and tells each sample, in no order. `onStart` is called when it begins. */
export type Engine = (
  job: Job,
  on: { readonly start: () => void; readonly sample: (sample: Sample) => void },
) => Promise<Sent>;
