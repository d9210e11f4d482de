import type { Call } from './aws-calls.ts';
import type { OracleStage } from './stage.ts';
import type { Template } from './template.ts';

/** Counts of resources by type. */
export type Counts = Readonly<Record<string, number>>;

interface Listing {
  readonly type: string;
  readonly request: readonly [service: string, operation: string];
  readonly key: string;
  /** Default: all. */
  readonly isOurs?: (name: string) => boolean;
}

/** Lists of the resources that outlive a stack, cost something or keep a name. */
const listings: readonly Listing[] = [
  { type: 'AWS::DynamoDB::GlobalTable', request: ['dynamodb', 'ListTables'], key: 'TableNames' },
  { type: 'AWS::SQS::Queue', request: ['sqs', 'ListQueues'], key: 'QueueUrls' },
  { type: 'AWS::SNS::Topic', request: ['sns', 'ListTopics'], key: 'Topics' },
  { type: 'AWS::SNS::Subscription', request: ['sns', 'ListSubscriptions'], key: 'Subscriptions' },
  // The bootstrap stays, with its bucket and roles.
  { type: 'AWS::S3::Bucket', request: ['s3', 'ListBuckets'], key: 'Buckets', isOurs: notOfCdk },
  { type: 'AWS::IAM::Role', request: ['iam', 'ListRoles'], key: 'Roles', isOurs: notOfCdk },
  { type: 'AWS::Lambda::Function', request: ['lambda', 'ListFunctions'], key: 'Functions' },
  {
    type: 'AWS::Lambda::EventSourceMapping',
    request: ['lambda', 'ListEventSourceMappings'],
    key: 'EventSourceMappings',
  },
  { type: 'AWS::Logs::LogGroup', request: ['logs', 'DescribeLogGroups'], key: 'logGroups' },
  { type: 'AWS::CloudWatch::Alarm', request: ['cloudwatch', 'DescribeAlarms'], key: 'MetricAlarms' },
  { type: 'AWS::ECS::Cluster', request: ['ecs', 'ListClusters'], key: 'clusterArns' },
  {
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    request: ['elbv2', 'DescribeLoadBalancers'],
    key: 'LoadBalancers',
  },
  {
    type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    request: ['elbv2', 'DescribeTargetGroups'],
    key: 'TargetGroups',
  },
];

function notOfCdk(name: string): boolean {
  return !name.startsWith('cdk-');
}

/** Counts what is in the account. Types without a resource are left out. */
export async function remains(call: Call): Promise<Counts> {
  const counts = await Promise.all(
    listings.map(async ({ type, request: [service, operation], key, isOurs = () => true }) => {
      const { [key]: found = [] } = await call<Readonly<Record<string, readonly unknown[]>>>(
        service,
        operation,
      );
      return [type, found.filter((resource) => isOurs(nameOf(resource))).length] as const;
    }),
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

function nameOf(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const { Name, RoleName } = resource as { Name?: string; RoleName?: string };
  return Name ?? RoleName ?? '';
}

/** Types that docs/deployment.md says are kept: tables, queues and buckets. */
const KEPT = ['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket', 'AWS::SQS::Queue'];

/** Counts of what the documentation says is kept of these stacks. Throws if a template keeps anything else. */
export function retained(templates: Iterable<Template>): Counts {
  const counts = new Map<string, number>();
  for (const { Resources } of templates) {
    for (const [id, { Type, DeletionPolicy }] of Object.entries(Resources)) {
      if (!DeletionPolicy?.startsWith('Retain')) continue;
      if (!KEPT.includes(Type) && listings.some(({ type }) => type === Type))
        throw new Error(`${id} (${Type}) is kept, which docs/deployment.md does not say`);
      if (KEPT.includes(Type)) counts.set(Type, (counts.get(Type) ?? 0) + 1);
    }
  }
  return Object.fromEntries(counts);
}

interface Stacks {
  readonly Stacks: readonly { readonly StackName: string; readonly EnableTerminationProtection?: boolean }[];
}

/** Destroys all stacks of a stage, as docs/deployment.md says, and resolves to those that were protected from it. */
export async function tearDown({ call, commands }: OracleStage): Promise<readonly string[]> {
  const { LoadBalancers } = await call<{ LoadBalancers: readonly { LoadBalancerArn: string }[] }>(
    'elbv2',
    'DescribeLoadBalancers',
  );
  for (const { LoadBalancerArn } of LoadBalancers) {
    await call('elbv2', 'ModifyLoadBalancerAttributes', {
      LoadBalancerArn,
      Attributes: [{ Key: 'deletion_protection.enabled', Value: 'false' }],
    });
  }
  const { Stacks } = await call<Stacks>('cloudformation', 'DescribeStacks');
  const isProtected = Stacks.filter(({ EnableTerminationProtection }) => EnableTerminationProtection);
  for (const { StackName } of isProtected)
    await call('cloudformation', 'UpdateTerminationProtection', {
      StackName,
      EnableTerminationProtection: false,
    });
  await commands.destroy();
  return isProtected.map(({ StackName }) => StackName);
}
