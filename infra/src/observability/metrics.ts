import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { type ServiceName, type TableName, topology, type TopicName } from '@tandem/contracts/topology';
import type { Names } from '../names.ts';
import { PROBE } from './probe.ts';
import { sumOf } from './traffic-metrics.ts';

/** Metrics that alarms evaluate: those of AWS for tasks, functions, tables and queues, and some of the services' own. */
export type Metrics = ReturnType<typeof createMetrics>;

export interface MetricsOptions {
  readonly names: Names;
  /** Id of the event source mapping of a service's relay, which AWS generates. */
  readonly mappingOf: (service: ServiceName) => string;
  /** Namespace of the metrics that the services emit. */
  readonly namespace: string;
}

/** Limits of a table, in units a second. */
export interface CapacityLimits {
  readonly reads: number;
  readonly writes: number;
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
  const topics = metricsIn('AWS/SNS');
  const nat = metricsIn('AWS/NATGateway');
  const own = metricsIn(namespace);
  const queue = (name: string) => ({ QueueName: names.of(name) });
  const named = (name: string) => ({ FunctionName: names.of(name) });
  const relay = (service: ServiceName) => named(`${service}-relay`);
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

    /** Items that TTL deleted: of `carts`, each publishes CartExpired. */
    expiredItems: (table: TableName, period: Duration) =>
      tables('TimeToLiveDeletedItemCount', { TableName: names.of(table) }, 'Sum', period),

    depth: (name: string, period: Duration) =>
      queues('ApproximateNumberOfMessagesVisible', queue(name), 'Maximum', period),
    oldestMessage: (name: string, period: Duration) =>
      queues('ApproximateAgeOfOldestMessage', queue(name), 'Maximum', period),

    iteratorAge: (service: ServiceName, period: Duration) =>
      functions('IteratorAge', relay(service), 'Maximum', period),
    /** Failed runs of the scheduled probe; Lambda repeats one after a minute, and after two more. */
    probeErrors: (period: Duration) => functions('Errors', named(PROBE), 'Sum', period),
    probeRuns: (period: Duration) => functions('Invocations', named(PROBE), 'Sum', period),
    /** Throttled invocations of all functions of the account and region: what they exhaust is the concurrency of the account. */
    throttledInvocations: (period: Duration) => functions('Throttles', {}, 'Sum', period),
    /**
     * Polls of a table's stream, also those that found nothing: "if Lambda polls your event source but receives an empty poll,
     * it emits a 0". A mapping that is disabled, or reads another stream, has no datapoint.
     * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics
     */
    polls: (service: ServiceName, period: Duration) =>
      functions('PolledEventCount', mapping(service), 'SampleCount', period),
    /** Changes that Lambda stopped retrying: moved to the failure bucket or, where that failed, dropped. */
    unpublishedChanges: (service: ServiceName, period: Duration) => {
      const delivered = functions('OnFailureDestinationDeliveredEventCount', mapping(service), 'Sum', period);
      const dropped = functions('DroppedEventCount', mapping(service), 'Sum', period);
      return sumOf({ delivered, dropped }, 'unpublished', period);
    },

    /**
     * Events that a topic's subscriptions filtered out and that none of them should have: all, if each subscription accepts
     * every type of the topic; otherwise those without a readable type, which each event of ours has.
     */
    filteredEvents: (topic: TopicName, acceptsAll: boolean, period: Duration) => {
      const filtered = (suffix: string) =>
        topics(`NumberOfNotificationsFilteredOut${suffix}`, { TopicName: names.of(topic) }, 'Sum', period);
      if (acceptsAll) return filtered('');
      const untyped = filtered('-NoMessageAttributes');
      const invalid = filtered('-InvalidAttributes');
      return sumOf({ untyped, invalid }, 'filtered out', period);
    },
    /** Messages of an unknown event type, which were acknowledged: nobody will process them. */
    unknownEvents: (service: ServiceName, period: Duration) =>
      own('MessagesOfUnknownType', { service }, 'Sum', period),

    /** Memory of the service's largest task, in percent. */
    memory: (service: ServiceName, period: Duration) => {
      const name = names.of(service);
      return tasks('MemoryUtilization', { ClusterName: name, ServiceName: name }, 'Maximum', period);
    },
    /** Used capacity of a table in percent of its limits, in units a second: the larger of reads and writes. */
    usedCapacity: (table: TableName, { reads, writes }: CapacityLimits, period: Duration) => {
      const consumed = (kind: string) =>
        tables(`Consumed${kind}CapacityUnits`, { TableName: names.of(table) }, 'Sum', period);
      const percentOf = (id: string, unitsPerSecond: number) =>
        `FILL(${id}, 0) * ${100 / (unitsPerSecond * period.toSeconds())}`;
      return new cloudwatch.MathExpression({
        expression: `MAX([${percentOf('reads', reads)}, ${percentOf('writes', writes)}])`,
        label: '% of the limit',
        period,
        usingMetrics: { reads: consumed('Read'), writes: consumed('Write') },
      });
    },
    /** Connections that NAT gateways could not open, and packets that they dropped. */
    natFaults: (gateways: readonly string[], period: Duration) => {
      const faults = gateways.flatMap((NatGatewayId, i) =>
        [
          ['ports', 'ErrorPortAllocation'],
          ['drops', 'PacketsDropCount'],
        ].map(([id, name]) => [`${id}${i}`, nat(String(name), { NatGatewayId }, 'Sum', period)]),
      );
      return sumOf(Object.fromEntries(faults) as Record<string, cloudwatch.Metric>, 'faults', period);
    },

    /** Requests whose token was rejected. */
    tokensRejected: (service: ServiceName, period: Duration) =>
      own('TokensRejected', { service }, 'Sum', period),
    /** Units sold that were not on hand. */
    unitsShort: (service: ServiceName, period: Duration) => own('UnitsShort', { service }, 'Sum', period),
    /** The largest share, in percent, that carts hold of the units on hand of one product. */
    heldShare: (service: ServiceName, period: Duration) =>
      own('HeldSharePercent', { service }, 'Maximum', period),
  };
}
