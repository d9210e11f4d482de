import { emfDocuments } from '@tandem/chassis/emf';
import { createMetrics, type Metrics, type Series } from '@tandem/chassis/metrics';
import type { DistributionName } from '@tandem/contracts/metric-catalog';
import { createRelay } from '@tandem/relay/relay';
import { changeOfRecord } from '@tandem/storage/dynamodb-records';
import { HAS_EVENTS } from '@tandem/storage/dynamodb-layout';
import type { Item } from './item-size.ts';

/** Values of a distribution in a busy minute: from its minimum to forty times of it. */
const BUCKETS = 20;
const BUCKET_GROWTH = 1.21;

/** Number and bytes of the metrics of a service in a minute with every operation of the mix. */
export function serviceMetrics(service: string, metrics: Metrics) {
  for (const { name, dimensions, value } of metrics.series()) {
    if (typeof value === 'number') continue;
    for (let i = 0; i < BUCKETS; i++)
      metrics.observe(name as DistributionName, value.min * BUCKET_GROWTH ** i, dimensions);
  }
  const series = metrics.take();
  return { customMetrics: series.length, metricsBytesPerMinute: roundUp(logBytes(service, series), 500) };
}

/** Bytes that an invocation of a relay logs, for an item that was written with events. */
export async function relayLogBytes(items: readonly Item[]): Promise<number> {
  const NewImage = items.find((item) => HAS_EVENTS in item) as never;
  const change = changeOfRecord({ eventName: 'INSERT', dynamodb: { SequenceNumber: '1', NewImage } });
  const metrics = createMetrics();
  const fail = (...reasons: readonly unknown[]) => {
    throw new Error('The relay has failed.', { cause: reasons });
  };
  const relay = createRelay({
    publish: async (events) => events.map(() => ({ status: 'published' })),
    park: fail,
    eventsForExpiredItem: () => [],
    topic: '',
    metrics,
    log: { warn: fail, error: fail },
  });
  await relay(change ? [change] : []);
  return roundUp(logBytes('relay', metrics.take()), 50);
}

/** Bytes of the log lines of these metrics. */
export function logBytes(service: string, series: readonly Series[]): number {
  const documents = emfDocuments(series, { namespace: 'Tandem', dimensions: { service } }, Date.now());
  return documents.reduce((sum, document) => sum + JSON.stringify(document).length + 1, 0);
}

/** Rounds up to a multiple, so that the number of digits of a duration makes no difference. */
const roundUp = (value: number, multiple: number) => Math.ceil(value / multiple) * multiple;
