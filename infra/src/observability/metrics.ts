import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { type ServiceName, type TableName, topology } from '@tandem/contracts/topology';
import type { Names } from '../names.ts';
import { sumOf } from './traffic-metrics.ts';

/** Metrics that alarms evaluate: those of AWS for tables, queues and relays, and those that Product emits. */
export type Metrics = ReturnType<typeof createMetrics>;

export interface MetricsOptions {
  readonly names: Names;
  /** Ids of the relays' event source mappings, which AWS generates. */
  readonly mappings: Readonly<Record<ServiceName, string>>;
  /** Namespace of the metrics that the services emit. */
  readonly namespace: string;
}

export function createMetrics({ names, mappings, namespace }: MetricsOptions) {
  const metricsIn =
    (namespace: string) =>
    (metricName: string, dimensionsMap: Record<string, string>, statistic: string, period: Duration) =>
      new cloudwatch.Metric({ namespace, metricName, dimensionsMap, statistic, period });
  const queues = metricsIn('AWS/SQS');
  const functions = metricsIn('AWS/Lambda');
  const tables = metricsIn('AWS/DynamoDB');
  const own = metricsIn(namespace);
  const queue = (name: string) => ({ QueueName: names.of(name) });
  const relay = (service: ServiceName) => ({ FunctionName: names.of(`${service}-relay`) });
  const mapping = (service: ServiceName) => ({ EventSourceMappingUUID: mappings[service] });

  return {
    throttledCalls: (table: TableName, period: Duration) => {
      const TableName = names.of(table);
      const dimensions = [
        { TableName },
        ...Object.keys(topology.tables[table].indexes).map((index) => ({
          TableName,
          GlobalSecondaryIndexName: index,
        })),
      ];
      const metrics = dimensions.flatMap((dimension, i) =>
        ['Read', 'Write'].map((kind) => [
          `${kind.toLowerCase()}${i}`,
          tables(`${kind}ThrottleEvents`, dimension, 'Sum', period),
        ]),
      );
      return sumOf(Object.fromEntries(metrics) as Record<string, cloudwatch.Metric>, 'throttled', period);
    },

    depth: (name: string, period: Duration) =>
      queues('ApproximateNumberOfMessagesVisible', queue(name), 'Maximum', period),
    oldestMessage: (name: string, period: Duration) =>
      queues('ApproximateAgeOfOldestMessage', queue(name), 'Maximum', period),

    iteratorAge: (service: ServiceName, period: Duration) =>
      functions('IteratorAge', relay(service), 'Maximum', period),
    /** Failed invocations, and records that a successful invocation reported as failed (partial batch response). */
    relayFailures: (service: ServiceName, period: Duration) => {
      const errors = functions('Errors', relay(service), 'Sum', period);
      const failed = functions('FailedInvokeEventCount', mapping(service), 'Sum', period);
      return sumOf({ errors, failed }, 'failed', period);
    },
    relayThrottles: (service: ServiceName, period: Duration) =>
      functions('Throttles', relay(service), 'Sum', period),
    /** 1 in a period in which a table had writes and the relay's mapping read nothing: the iterator age does not show that. */
    unreadWrites: (service: ServiceName, period: Duration) => {
      const TableName = names.of(topology.relays[service].table);
      return new cloudwatch.MathExpression({
        expression: 'IF(FILL(writes, 0) > 0 AND FILL(polled, 0) < 1, 1, 0)',
        label: 'writes not read',
        period,
        usingMetrics: {
          writes: tables('ConsumedWriteCapacityUnits', { TableName }, 'Sum', period),
          polled: functions('PolledEventCount', mapping(service), 'Sum', period),
        },
      });
    },
    /** Changes that Lambda stopped retrying: moved to the failure bucket or, where that failed, dropped. */
    unpublishedChanges: (service: ServiceName, period: Duration) => {
      const delivered = functions('OnFailureDestinationDeliveredEventCount', mapping(service), 'Sum', period);
      const dropped = functions('DroppedEventCount', mapping(service), 'Sum', period);
      return sumOf({ delivered, dropped }, 'unpublished', period);
    },

    /** Units sold that were not on hand. */
    unitsShort: (period: Duration) => own('UnitsShort', { service: 'product' }, 'Sum', period),
    /** The largest share, in percent, that carts hold of the units on hand of one product. */
    heldShare: (period: Duration) => own('HeldSharePercent', { service: 'product' }, 'Maximum', period),
  };
}
