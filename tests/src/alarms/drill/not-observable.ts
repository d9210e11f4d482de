import type { Definitions } from '../definitions.ts';
import type { Metric } from '../datapoints.ts';
import { publishers, type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';

/** Fault that only AWS can cause, as datapoints in the form that AWS would publish. */
export interface SimulatedFault {
  readonly alarm: string;
  readonly fault: string;
  readonly metric: Metric;
  /** Minutes with the value; the alarm is evaluated at the end of the last. */
  readonly minutes: readonly number[];
  /** Default: 1. */
  readonly value?: number;
}

/** Faults that cannot be caused locally; their alarms are evaluated on datapoints as AWS would publish them. */
export function notObservable(definitions: Definitions): readonly SimulatedFault[] {
  return [
    ...faultsOfRelays(definitions),
    ...serviceNames.flatMap((service) => faultsOfTasks(service, definitions)),
    ...faultsOfTopics(),
    ...faultsOfNetwork(definitions),
    {
      // The domain of the drill is an address.
      alarm: 'no-traffic',
      fault: 'the domain leads to another load balancer, which responds',
      metric: { namespace: 'AWS/Lambda', name: 'Invocations', dimensions: { FunctionName: 'probe' } },
      minutes: [3, 8, 13],
    },
    {
      // The concurrency of an account cannot be exhausted locally.
      alarm: 'functions-throttled',
      fault: 'Lambda throttles functions of the account',
      metric: { namespace: 'AWS/Lambda', name: 'Throttles', dimensions: {} },
      minutes: [3, 8],
    },
  ];
}

/** More than any limit of a table in five minutes. */
const MANY_UNITS = 100_000_000;
/** `tasks.max` of production. */
const MAX_TASKS = 8;

/** Faults of a busy service: the drill has two instances in one process, and its table no limit. */
function faultsOfTasks(service: ServiceName, { only }: Definitions): readonly SimulatedFault[] {
  const { runsAs, table, paths } = topology.services[service];
  if (runsAs !== 'task') return [];
  const cluster = { ClusterName: service, ServiceName: service };
  const ofTable = (kind: string): SimulatedFault[] =>
    table === undefined
      ? []
      : [
          {
            alarm: `${table}-near-limit`,
            fault: `the ${kind.toLowerCase()}s of a table come near its limit`,
            metric: {
              namespace: 'AWS/DynamoDB',
              name: `Consumed${kind}CapacityUnits`,
              dimensions: { TableName: table },
            },
            minutes: [3, 8],
            value: MANY_UNITS,
          },
        ];
  const atMaximum = {
    alarm: `${service}-tasks-at-maximum`,
    fault: 'scaling has added all tasks that it may',
  };
  return [
    ...ofTable('Read'),
    ...ofTable('Write'),
    {
      alarm: `${service}-memory`,
      fault: 'the memory of a task is almost full',
      metric: { namespace: 'AWS/ECS', name: 'MemoryUtilization', dimensions: cluster },
      minutes: [3, 8, 13],
      value: 95,
    },
    paths.length > 0
      ? {
          ...atMaximum,
          metric: {
            namespace: 'AWS/ApplicationELB',
            name: 'HealthyHostCount',
            dimensions: {
              LoadBalancer: only('edge', 'AWS::ElasticLoadBalancingV2::LoadBalancer', 'LoadBalancerFullName'),
              TargetGroup: only(service, 'AWS::ElasticLoadBalancingV2::TargetGroup', 'TargetGroupFullName'),
            },
          },
          minutes: Array.from({ length: 15 }, (_, i) => i),
          value: MAX_TASKS,
        }
      : {
          ...atMaximum,
          metric: { namespace: 'AWS/ECS', name: 'CPUUtilization', dimensions: cluster },
          // Each task reports its own once a minute.
          minutes: Array.from({ length: 15 * MAX_TASKS }, (_, i) => Math.floor(i / MAX_TASKS)),
        },
  ];
}

/** Faults of SNS, whose emulator has no metrics. https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html */
function faultsOfTopics(): readonly SimulatedFault[] {
  return publishers.flatMap(([, { topic }]) =>
    ['NoMessageAttributes', 'InvalidAttributes'].map((reason) => ({
      alarm: `${topic}-filtered`,
      fault: 'SNS filters out an event without its type',
      metric: {
        namespace: 'AWS/SNS',
        name: `NumberOfNotificationsFilteredOut-${reason}`,
        dimensions: { TopicName: topic },
      },
      minutes: [8],
    })),
  );
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html */
function faultsOfNetwork({ only }: Definitions): readonly SimulatedFault[] {
  const NatGatewayId = only('network', 'AWS::EC2::NatGateway', 'NatGatewayId');
  return ['ErrorPortAllocation', 'PacketsDropCount'].map((name) => ({
    alarm: 'nat-gateway',
    fault: name === 'PacketsDropCount' ? 'a NAT gateway drops packets' : 'a NAT gateway has no port left',
    metric: { namespace: 'AWS/NATGateway', name, dimensions: { NatGatewayId } },
    minutes: [3, 8, 13],
    value: 10,
  }));
}

function faultsOfRelays({ only }: Definitions): readonly SimulatedFault[] {
  return publishers.flatMap(([service]): SimulatedFault[] => {
    const EventSourceMappingUUID = only(service, 'AWS::Lambda::EventSourceMapping', 'Id');
    const ofMapping = (name: string) => ({
      namespace: 'AWS/Lambda',
      name,
      dimensions: { EventSourceMappingUUID },
    });
    return [
      {
        // The local relay retries forever. Metrics of event source mappings with `EventCount`: same page.
        alarm: `${service}-relay-gave-up`,
        fault: 'Lambda moves expired changes to the failure bucket',
        metric: ofMapping('OnFailureDestinationDeliveredEventCount'),
        minutes: [8],
      },
      {
        alarm: `${service}-relay-gave-up`,
        fault: 'Lambda drops expired changes',
        metric: ofMapping('DroppedEventCount'),
        minutes: [8],
      },
    ];
  });
}
