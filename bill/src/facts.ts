import type { Resource, StackName, Templates } from '@tandem/infra/testing/synth';
import type { ServiceName, TableName } from '@tandem/contracts/topology';
import { BILLED, FREE } from './resource-types.ts';

export const SERVICES = ['product', 'cart'] as const satisfies readonly ServiceName[];

/** The properties of a resource: each type has its own. */
export type Properties = Resource['Properties'];

/** What the templates of a deployment say that costs depend on. */
export interface Facts {
  /** The properties of each resource of a type, of all stacks or of one. */
  readonly all: (type: string, stack?: StackName) => Properties[];
  /** Of the load balancer, one in each of its subnets. */
  readonly balancerNodes: number;
  readonly services: Readonly<Record<ServiceName, ServiceFacts>>;
  readonly tables: readonly TableFacts[];
  readonly relays: Readonly<Record<ServiceName, RelayFacts>>;
}

export interface ServiceFacts {
  readonly vcpu: number;
  readonly memoryGb: number;
  readonly isArm: boolean;
  readonly tasks: { readonly min: number; readonly max: number };
  readonly requestsPerTaskAndMinute: number;
  readonly readinessIntervalSeconds: number;
  /** How long its consumer waits after a batch that was not full. */
  readonly receivePauseSeconds: number;
}

/** A table, or an index of it: each has capacity of its own. */
export interface TableFacts {
  readonly table: TableName;
  readonly index?: string;
  readonly read: Capacity;
  readonly write: Capacity;
}

export type Capacity =
  | { readonly mode: 'onDemand'; readonly max?: number }
  | { readonly mode: 'provisioned'; readonly min: number; readonly max: number; readonly target: number };

export interface RelayFacts {
  readonly memoryGb: number;
  readonly isArm: boolean;
  readonly windowSeconds: number;
  readonly batchSize: number;
}

/** Reads templates. Throws where there is a resource of a type of which nobody has said whether it costs something. */
export function factsOf(templates: Templates): Facts {
  const entries = Object.entries(templates).flatMap(([stack, { Resources }]) =>
    Object.values(Resources).map((resource) => ({ stack, ...resource })),
  );
  const unknown = new Set(
    entries.map(({ Type }) => Type).filter((type) => !FREE.has(type) && !BILLED.has(type)),
  );
  if (unknown.size > 0) {
    const names = [...unknown].sort().join(', ');
    throw new Error(
      `nobody has said what ${names} costs: say so in bill/src/resource-types.ts, or write a line for it`,
    );
  }
  const all: Facts['all'] = (type, stack) =>
    entries
      .filter((entry) => entry.Type === type && (stack === undefined || entry.stack === stack))
      .map(({ Properties }) => Properties);
  const one = (type: string, stack: StackName): Properties => {
    const [only, ...others] = all(type, stack);
    if (!only || others.length > 0) throw new Error(`not exactly one ${type} in ${stack}`);
    return only;
  };

  const serviceOf = (service: ServiceName): ServiceFacts => {
    const task = one('AWS::ECS::TaskDefinition', service);
    const { MinCapacity: min, MaxCapacity: max } = one(
      'AWS::ApplicationAutoScaling::ScalableTarget',
      service,
    );
    const requests = all('AWS::ApplicationAutoScaling::ScalingPolicy', service)
      .map((it) => it['TargetTrackingScalingPolicyConfiguration'])
      .find((it) => it?.PredefinedMetricSpecification?.PredefinedMetricType === 'ALBRequestCountPerTarget');
    const [targets] = all('AWS::ElasticLoadBalancingV2::TargetGroup', service);
    return {
      vcpu: Number(task['Cpu']) / 1024,
      memoryGb: Number(task['Memory']) / 1024,
      isArm: task['RuntimePlatform']?.CpuArchitecture === 'ARM64',
      tasks: { min, max },
      requestsPerTaskAndMinute: Number(requests?.TargetValue),
      readinessIntervalSeconds: Number(targets?.['HealthCheckIntervalSeconds']),
      receivePauseSeconds: Number(variableOf(task, 'RECEIVE_PAUSE_MS')) / 1_000,
    };
  };
  const relayOf = (service: ServiceName): RelayFacts => {
    const relay = one('AWS::Lambda::Function', service);
    const mapping = one('AWS::Lambda::EventSourceMapping', service);
    return {
      memoryGb: Number(relay['MemorySize']) / 1024,
      isArm: relay['Architectures']?.[0] === 'arm64',
      windowSeconds: Number(mapping['MaximumBatchingWindowInSeconds'] ?? 0),
      batchSize: Number(mapping['BatchSize']),
    };
  };
  const balancers = all('AWS::ElasticLoadBalancingV2::LoadBalancer');
  return {
    all,
    balancerNodes: balancers.reduce((sum, { Subnets }) => sum + (Subnets as unknown[]).length, 0),
    services: { product: serviceOf('product'), cart: serviceOf('cart') },
    tables: all('AWS::DynamoDB::GlobalTable').flatMap(tableFacts),
    relays: { product: relayOf('product'), cart: relayOf('cart') },
  };
}

function variableOf(task: Properties, name: string): string | undefined {
  const [container] = task['ContainerDefinitions'] as Properties[];
  const variables = (container?.['Environment'] ?? []) as { Name: string; Value: string }[];
  return variables.find(({ Name }) => Name === name)?.Value;
}

function tableFacts(properties: Properties): TableFacts[] {
  const isOnDemand = properties['BillingMode'] === 'PAY_PER_REQUEST';
  const [replica] = properties['Replicas'] as Properties[];
  const table = String(properties['TableName']).replace(/^.*-(?=products$|carts$)/, '') as TableName;
  const capacity = (read: Properties | undefined, write: Properties | undefined) =>
    isOnDemand
      ? {
          read: onDemand(read?.['ReadOnDemandThroughputSettings']?.MaxReadRequestUnits),
          write: onDemand(write?.['WriteOnDemandThroughputSettings']?.MaxWriteRequestUnits),
        }
      : {
          read: provisioned(read?.['ReadProvisionedThroughputSettings']?.ReadCapacityAutoScalingSettings),
          write: provisioned(write?.['WriteProvisionedThroughputSettings']?.WriteCapacityAutoScalingSettings),
        };
  const indexes = (properties['GlobalSecondaryIndexes'] ?? []) as Properties[];
  const replicated = (replica?.['GlobalSecondaryIndexes'] ?? []) as Properties[];
  return [
    { table, ...capacity(replica, properties) },
    ...indexes.map((index) => {
      const name = String(index['IndexName']);
      return {
        table,
        index: name,
        ...capacity(
          replicated.find((it) => it['IndexName'] === name),
          index,
        ),
      };
    }),
  ];
}

const onDemand = (max: number | undefined): Capacity => ({
  mode: 'onDemand',
  ...(max === undefined ? {} : { max }),
});

function provisioned(scaling: Properties | undefined): Capacity {
  if (!scaling) throw new Error('a table of provisioned capacity that does not scale: say what it costs');
  const { MinCapacity: min, MaxCapacity: max, TargetTrackingScalingPolicyConfiguration } = scaling;
  return {
    mode: 'provisioned',
    min,
    max,
    target: TargetTrackingScalingPolicyConfiguration.TargetValue / 100,
  };
}
