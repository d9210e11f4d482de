import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { type ServiceName, type TableName, topology } from '@tandem/contracts/topology';
import type { Names } from '../names.ts';
import { sumOf } from './traffic-metrics.ts';

/** The metrics that alarms evaluate: those that AWS has of tables, queues and relays, and those that Product emits. */
export type Metrics = ReturnType<typeof createMetrics>;

export interface MetricsOptions {
  readonly names: Names;
  /** The ids of the relays' event source mappings, which AWS chooses; all else is known by name. */
  readonly mappings: Readonly<Record<ServiceName, string>>;
  /** Of the deployment's own metrics. */
  readonly namespace: string;
}

export function createMetrics({ names, mappings, namespace }: MetricsOptions) {
  const of =
    (namespace: string) =>
    (metricName: string, dimensionsMap: Record<string, string>, statistic: string, period: Duration) =>
      new cloudwatch.Metric({ namespace, metricName, dimensionsMap, statistic, period });
  const queues = of('AWS/SQS');
  const functions = of('AWS/Lambda');
  const tables = of('AWS/DynamoDB');
  const own = of(namespace);
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
    /** Invocations that ended badly, and changes that one which ended well asked to be brought again. */
    relayFailures: (service: ServiceName, period: Duration) => {
      const errors = functions('Errors', relay(service), 'Sum', period);
      const failed = functions('FailedInvokeEventCount', mapping(service), 'Sum', period);
      return sumOf({ errors, failed }, 'failed', period);
    },
    relayThrottles: (service: ServiceName, period: Duration) =>
      functions('Throttles', relay(service), 'Sum', period),
    /** 1 where a table was written to while its relay's mapping read nothing, which the iterator age does not show. */
    unreadWrites: (service: ServiceName, period: Duration) => {
      const TableName = names.of(topology.relays[service].table);
      return new cloudwatch.MathExpression({
        expression: 'IF(FILL(writes, 0) > 0 AND FILL(polled, 0) < 1, 1, 0)',
        label: 'written, not read',
        period,
        usingMetrics: {
          writes: tables('ConsumedWriteCapacityUnits', { TableName }, 'Sum', period),
          polled: functions('PolledEventCount', mapping(service), 'Sum', period),
        },
      });
    },
    /** Changes that Lambda stopped trying to tell, kept in the bucket or, where that failed, dropped. */
    givenUpChanges: (service: ServiceName, period: Duration) => {
      const delivered = functions('OnFailureDestinationDeliveredEventCount', mapping(service), 'Sum', period);
      const dropped = functions('DroppedEventCount', mapping(service), 'Sum', period);
      return sumOf({ delivered, dropped }, 'given up', period);
    },

    /** Units that were sold and not on hand. */
    unitsShort: (period: Duration) => own('UnitsShort', { service: 'product' }, 'Sum', period),
    /** The largest share, in percent, that carts hold of the units on hand of one product. */
    heldShare: (period: Duration) => own('HeldSharePercent', { service: 'product' }, 'Maximum', period),
  };
}
