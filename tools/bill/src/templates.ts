import { join } from 'node:path';
import type { StackName, Templates } from '../../../infra/src/testing/synth.ts';
import type { ServiceName } from '@tandem/contracts/topology';
import type { Facts, RelayFacts, ServiceFacts } from './facts.ts';
import { BILLED, FREE } from './resource-types.ts';
import {
  type All,
  balancersOf,
  listed,
  type Properties,
  sum,
  tableFacts,
  watchOf,
} from './template-parts.ts';

/** Cost-relevant facts of the stacks of production, used by the console; written by `npm run bill -- --write-facts`. */
export const FACTS_FILE = join(import.meta.dirname, '../facts.json');

/** Reads cost-relevant facts from templates. Throws for a resource type that is not classified as free or billed. */
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
      `No cost is defined for ${names}. Classify it in tools/bill/src/resource-types.ts, and add a line if it is billed.`,
    );
  }
  const all: All = (type, stack) =>
    entries
      .filter((entry) => entry.Type === type && (stack === undefined || entry.stack === stack))
      .map(({ Properties }) => Properties);
  const one = (type: string, stack: StackName): Properties => {
    const [only, ...rest] = all(type, stack);
    if (!only || rest.length > 0) throw new Error(`${stack} must have exactly one ${type}.`);
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
  const budget = all('AWS::Budgets::Budget')[0]?.['Budget']?.BudgetLimit?.Amount as unknown;
  return {
    ...(budget === undefined ? {} : { budget: Number(budget) }),
    balancers: balancersOf(all),
    firewalls: {
      count: all('AWS::WAFv2::WebACL').length,
      rules: sum(all('AWS::WAFv2::WebACL'), ({ Rules }) => listed(Rules).length),
    },
    network: {
      natGateways: all('AWS::EC2::NatGateway').length,
      addresses: all('AWS::EC2::EIP').length,
      endpointZones: sum(
        all('AWS::EC2::VPCEndpoint').filter((it) => it['VpcEndpointType'] === 'Interface'),
        ({ SubnetIds }) => listed(SubnetIds).length,
      ),
      flowLogs: all('AWS::EC2::FlowLog').length,
    },
    services: { product: serviceOf('product'), cart: serviceOf('cart') },
    tables: all('AWS::DynamoDB::GlobalTable').flatMap(tableFacts),
    isBackedUp: all('AWS::DynamoDB::GlobalTable').some(
      (it) => it['Replicas']?.[0]?.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled === true,
    ),
    relays: { product: relayOf('product'), cart: relayOf('cart') },
    encryption: {
      topicsAndQueues: [...all('AWS::SNS::Topic'), ...all('AWS::SQS::Queue')].filter(
        (it) => it['KmsMasterKeyId'] !== undefined,
      ).length,
      keys: all('AWS::KMS::Key').length,
    },
    watch: watchOf(all),
    secrets: all('AWS::SecretsManager::Secret').length,
  };
}

function variableOf(task: Properties, name: string): string | undefined {
  const [container] = task['ContainerDefinitions'] as Properties[];
  const variables = (container?.['Environment'] ?? []) as { Name: string; Value: string }[];
  return variables.find(({ Name }) => Name === name)?.Value;
}
