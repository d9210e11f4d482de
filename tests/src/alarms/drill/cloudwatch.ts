import { createDatapoints, type Datapoints, type Metric } from '../datapoints.ts';

/**
 * A second of the drill is a minute of CloudWatch: the one factor by which time is compressed, for all alike. What is a
 * length of time that something has waited (the age of a message, that of a change) is multiplied by it, as it was
 * measured by the same clock. What a request takes is not: nobody waits for a clock there, and half a second is half
 * a second. Counts are what was counted in the second. No definition of an alarm is altered.
 */
export const MINUTE_MS = 1_000;

/** So many times faster than on AWS. */
export const TIME_FACTOR = 60_000 / MINUTE_MS;

/**
 * By how many minutes metrics arrive late: what AWS publishes of a minute is there some time after it. An alarm that takes
 * what is not there yet for zero never rings; without this it would.
 */
export const PUBLICATION_DELAY_MINUTES = 1;

/** What stands in for CloudWatch: takes what is observed, by the minute. */
export interface CloudWatch {
  /** What an alarm can see now; it does not see the last minutes. */
  readonly datapoints: Datapoints;
  /** Adds a value to the minute that it is. */
  record(namespace: string, name: string, dimensions: Metric['dimensions'], value: number): void;
  /** The minute that has begun last, since the beginning. */
  readonly minute: () => number;
}

export function createCloudWatch(): CloudWatch {
  const begun = performance.now();
  const datapoints = createDatapoints();
  const minute = () => Math.floor((performance.now() - begun) / MINUTE_MS);
  return {
    datapoints: {
      ...datapoints,
      values: (metric, from, to) =>
        datapoints.values(metric, from, Math.min(to, minute() - PUBLICATION_DELAY_MINUTES)),
    },
    record: (namespace, name, dimensions, value) =>
      datapoints.add({ namespace, name, dimensions }, minute(), value),
    minute,
  };
}
