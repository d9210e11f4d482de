import { createDatapoints, type Datapoints, type Metric } from '../datapoints.ts';

/**
 * A second of the drill is a minute of CloudWatch. Ages (of messages, of changes) are multiplied by this factor; latencies of
 * requests are not. Counts are those of the second. The definitions of alarms are unchanged.
 */
export const MINUTE_MS = 1_000;

/** Factor by which the drill is faster than AWS. */
export const TIME_FACTOR = 60_000 / MINUTE_MS;

/**
 * Delay of metrics in minutes, as on AWS. It detects alarms that treat the missing newest minute as zero and are therefore
 * never raised.
 */
export const PUBLICATION_DELAY_MINUTES = 1;

/** Replacement of CloudWatch: records metrics by minute. */
export interface CloudWatch {
  /** Datapoints that are published so far. */
  readonly datapoints: Datapoints;
  /** Adds a value to the current minute. */
  record(namespace: string, name: string, dimensions: Metric['dimensions'], value: number): void;
  /** Current minute since the start. */
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
