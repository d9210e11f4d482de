import type { Facts, FunctionFacts, FunctionServiceFacts, RelayFacts } from './facts.ts';
import { listed, type Properties, sum } from './table-facts.ts';

/** A resource of a stack, with its logical id. */
export interface Identified {
  readonly id: string;
  readonly Properties: Properties;
}

/** Resources of a type, in all stacks or in one. */
export type Find = (type: string, stack?: string) => readonly Identified[];

const MAPPING = 'AWS::Lambda::EventSourceMapping';
const isOfStream = ({ Properties }: Identified) => Properties['StartingPosition'] !== undefined;

/** Facts of the relay of a stack, the function that reads the stream of its table; undefined without one. */
export function relayFacts(find: Find, stack: string): RelayFacts | undefined {
  const mapping = find(MAPPING, stack).find(isOfStream)?.Properties;
  return (
    mapping && {
      ...functionFacts(find, stack, mapping['FunctionName']?.Ref),
      windowSeconds: Number(mapping['MaximumBatchingWindowInSeconds'] ?? 0),
      batchSize: Number(mapping['BatchSize']),
    }
  );
}

/**
 * Facts of the service of a stack that runs as functions: one consumes its queues, one is a target of the load balancer;
 * undefined if neither exists. The mappings of all queues have the same settings.
 */
export function functionServiceFacts(find: Find, stack: string): FunctionServiceFacts | undefined {
  const mapping = find(MAPPING, stack).find((resource) => !isOfStream(resource))?.Properties;
  const [target] = find('AWS::ElasticLoadBalancingV2::TargetGroup', stack)
    .filter(({ Properties }) => Properties['TargetType'] === 'lambda')
    .flatMap(({ Properties }) => listed(Properties['Targets']));
  if (!mapping && !target) return undefined;
  const maxConcurrency: unknown = mapping?.['ScalingConfig']?.MaximumConcurrency;
  // Alarms and dashboards have the name of their service, and no other stack.
  const isOwn = (property: string) => (resource: Identified) =>
    `-${String(resource.Properties[property])}-`.includes(`-${stack}-`);
  const alarms = find('AWS::CloudWatch::Alarm').filter(isOwn('AlarmName'));
  return {
    ...(mapping && {
      consumer: {
        ...functionFacts(find, stack, mapping['FunctionName']?.Ref),
        windowSeconds: Number(mapping['MaximumBatchingWindowInSeconds'] ?? 0),
        batchSize: Number(mapping['BatchSize']),
        ...(maxConcurrency !== undefined && { maxConcurrency: Number(maxConcurrency) }),
      },
    }),
    ...(target && { api: functionFacts(find, stack, target['Id']?.['Fn::GetAtt']?.[0]) }),
    alarmMetrics: alarmMetrics(alarms),
    dashboards: find('AWS::CloudWatch::Dashboard').filter(isOwn('DashboardName')).length,
  };
}

/** Facts of the function that a schedule invokes; undefined without one. */
export function probeFacts(find: Find): Facts['probe'] {
  const [schedule] = find('AWS::Events::Rule').filter(({ Properties }) => Properties['ScheduleExpression']);
  if (!schedule) return undefined;
  const [, minutes] =
    /^rate\((\d+) minutes?\)$/.exec(String(schedule.Properties['ScheduleExpression'])) ?? [];
  const id: unknown = listed(schedule.Properties['Targets'])[0]?.['Arn']?.['Fn::GetAtt']?.[0];
  return {
    ...functionFacts(find, 'observability', id),
    // An hour has a unit of its own.
    minutes: Number(minutes ?? 60),
  };
}

/** Metrics of alarms: each is billed. */
export function alarmMetrics(alarms: readonly Identified[]): number {
  return sum(
    alarms.map(({ Properties }) => Properties),
    ({ Metrics }) =>
      Metrics ? listed(Metrics).filter(({ MetricStat }) => MetricStat !== undefined).length : 1,
  );
}

function functionFacts(find: Find, stack: string, id: unknown): FunctionFacts {
  const found = find('AWS::Lambda::Function', stack).find((resource) => resource.id === id);
  if (!found) throw new Error(`${stack} has no function ${String(id)}.`);
  return {
    memoryGb: Number(found.Properties['MemorySize']) / 1_024,
    isArm: found.Properties['Architectures']?.[0] === 'arm64',
  };
}
