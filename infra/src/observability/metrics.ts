import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { type ServiceName, type TableName, topology } from '@tandem/contracts/topology';
import type { Names } from '../names.ts';

/** What a context is known by in CloudWatch, beside the names that follow from the topology. */
export interface Observed {
  readonly loadBalancer: string;
  /** More than one where deployments alternate between two. */
  readonly targetGroups: readonly string[];
  readonly eventSourceMapping: string;
}

/** The metrics that AWS has of the system, by what they tell. */
export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics(names: Names, observed: Readonly<Record<ServiceName, Observed>>) {
  const of =
    (namespace: string) =>
    (metricName: string, dimensionsMap: Record<string, string>, statistic: string, period: Duration) =>
      new cloudwatch.Metric({ namespace, metricName, dimensionsMap, statistic, period });
  const loadBalancing = of('AWS/ApplicationELB');
  const queues = of('AWS/SQS');
  const functions = of('AWS/Lambda');
  const tables = of('AWS/DynamoDB');

  /** A metric of each target group, brought together; the only one where there is one. */
  const perTargetGroup = (
    service: ServiceName,
    combine: (ids: readonly string[]) => string,
    metricName: string,
    statistic: string,
    period: Duration,
  ) => {
    const { loadBalancer: LoadBalancer, targetGroups } = observed[service];
    const metrics = targetGroups.map((TargetGroup) =>
      loadBalancing(metricName, { LoadBalancer, TargetGroup }, statistic, period),
    );
    return combined(metrics, combine, metricName, period);
  };
  const sum = (ids: readonly string[]) => ids.map((id) => `FILL(${id}, 0)`).join(' + ');
  const queue = (name: string) => ({ QueueName: names.of(name) });
  const relay = (service: ServiceName) => ({ FunctionName: names.of(`${service}-relay`) });
  const mapping = (service: ServiceName) => ({
    EventSourceMappingUUID: observed[service].eventSourceMapping,
  });

  return {
    serverErrors: (service: ServiceName, period: Duration) =>
      perTargetGroup(service, sum, 'HTTPCode_Target_5XX_Count', 'Sum', period),
    latency: (service: ServiceName, period: Duration) =>
      perTargetGroup(service, (ids) => `MAX([${ids.join()}])`, 'TargetResponseTime', 'p99', period),
    healthyTasks: (service: ServiceName, period: Duration) =>
      perTargetGroup(service, sum, 'HealthyHostCount', 'Minimum', period),

    throttledCalls: (table: TableName, period: Duration) => {
      const TableName = names.of(table);
      const dimensions = [
        { TableName },
        ...topology.tables[table].indexes.map((index) => ({ TableName, GlobalSecondaryIndexName: index })),
      ];
      const metrics = dimensions.flatMap((dimension) =>
        ['ReadThrottleEvents', 'WriteThrottleEvents'].map((name) => tables(name, dimension, 'Sum', period)),
      );
      return combined(metrics, sum, 'Throttled', period);
    },

    depth: (name: string, period: Duration) =>
      queues('ApproximateNumberOfMessagesVisible', queue(name), 'Maximum', period),
    oldestMessage: (name: string, period: Duration) =>
      queues('ApproximateAgeOfOldestMessage', queue(name), 'Maximum', period),

    iteratorAge: (service: ServiceName, period: Duration) =>
      functions('IteratorAge', relay(service), 'Maximum', period),
    /** Invocations that ended badly, and changes that one which ended well asked to be brought again. */
    relayFailures: (service: ServiceName, period: Duration) =>
      combined(
        [
          functions('Errors', relay(service), 'Sum', period),
          functions('FailedInvokeEventCount', mapping(service), 'Sum', period),
        ],
        sum,
        'Failed',
        period,
      ),
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
    givenUpChanges: (service: ServiceName, period: Duration) =>
      functions('OnFailureDestinationDeliveredEventCount', mapping(service), 'Sum', period),
  };
}

function combined(
  metrics: readonly cloudwatch.Metric[],
  combine: (ids: readonly string[]) => string,
  label: string,
  period: Duration,
): cloudwatch.IMetric {
  const [first, ...others] = metrics;
  if (first && others.length === 0) return first;
  const usingMetrics = Object.fromEntries(metrics.map((metric, i) => [`m${i}`, metric]));
  return new cloudwatch.MathExpression({
    expression: combine(Object.keys(usingMetrics)),
    label,
    period,
    usingMetrics,
  });
}
