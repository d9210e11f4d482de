import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { relayOf, type ServiceName, type TableName, topology } from '@tandem/contracts/topology';
import type { Names } from '../names.ts';
import { sumOf } from './traffic-metrics.ts';

/** Metrics that alarms evaluate: those of AWS for tasks, tables, queues and relays, and those of the stock. */
export type Metrics = ReturnType<typeof createMetrics>;

export interface MetricsOptions {
  readonly names: Names;
  /** Id of the event source mapping of a service's relay, which AWS generates. */
  readonly mappingOf: (service: ServiceName) => string;
  /** Namespace of the metrics that the services emit. */
  readonly namespace: string;
}

/** The service that keeps the stock and emits its metrics: it publishes how much is short. */
export const stockKeeper = Object.values(topology.topics).find(({ eventTypes }) =>
  eventTypes.includes('InventoryShort'),
)?.owner;

export function createMetrics({ names, mappingOf, namespace }: MetricsOptions) {
  const metricsIn =
    (namespace: string) =>
    (metricName: string, dimensionsMap: Record<string, string>, statistic: string, period: Duration) =>
      new cloudwatch.Metric({ namespace, metricName, dimensionsMap, statistic, period });
  const queues = metricsIn('AWS/SQS');
  const functions = metricsIn('AWS/Lambda');
  const tables = metricsIn('AWS/DynamoDB');
  const tasks = metricsIn('AWS/ECS');
  const own = metricsIn(namespace);
  const queue = (name: string) => ({ QueueName: names.of(name) });
  const relay = (service: ServiceName) => ({ FunctionName: names.of(`${service}-relay`) });
  const mapping = (service: ServiceName) => ({ EventSourceMappingUUID: mappingOf(service) });

  return {
    /** Running tasks: each reports its CPU once a minute. For services behind no load balancer, which counts healthy ones. */
    runningTasks: (service: ServiceName) => {
      const name = names.of(service);
      const dimensions = { ClusterName: name, ServiceName: name };
      return tasks('CPUUtilization', dimensions, 'SampleCount', Duration.minutes(1));
    },

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
      const TableName = names.of(relayOf(service).table);
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
    unitsShort: (service: ServiceName, period: Duration) => own('UnitsShort', { service }, 'Sum', period),
    /** The largest share, in percent, that carts hold of the units on hand of one product. */
    heldShare: (service: ServiceName, period: Duration) =>
      own('HeldSharePercent', { service }, 'Maximum', period),
  };
}
