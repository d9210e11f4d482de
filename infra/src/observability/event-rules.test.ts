import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createResolve } from '../testing/privileges/intrinsics.ts';
import { resources, synthesize, type Templates } from '../testing/synth.ts';

const zone = { id: 'Z1', name: 'example.com' };
const rulesOf = (all: Templates) =>
  resources({ observability: all.observability }, 'AWS::Events::Rule').flatMap(({ Properties }) =>
    Properties['EventPattern'] ? [createResolve(all)('observability', Properties) as Rule] : [],
  );
const templates = synthesize({
  services: ['product', 'cart'],
  namePrefix: 'staging-',
  domain: { name: 'shop.example.com', zone },
  backup: { vaultArn: 'arn:aws:backup:us-east-1:222233334444:backup-vault:tandem' },
});
const resolve = createResolve(templates);
const rules = rulesOf(templates);

interface Rule {
  readonly Name: string;
  readonly EventPattern: Pattern;
  readonly Targets: readonly {
    readonly Arn: string;
    readonly RoleArn?: string;
    readonly InputTransformer: {
      readonly InputPathsMap: Readonly<Record<string, string>>;
      readonly InputTemplate: string;
    };
  }[];
}

type Pattern = { readonly [field: string]: Pattern | readonly unknown[] };
type Event = Readonly<Record<string, unknown>>;

/** Whether an event matches a pattern, for the operators that ours have; throws for any other. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
function matches(pattern: Pattern, event: Event): boolean {
  return Object.entries(pattern).every(([field, expected]) => {
    if (field === '$or') return (expected as readonly Pattern[]).some((part) => matches(part, event));
    const value = event[field];
    if (!Array.isArray(expected)) return matches(expected as Pattern, (value ?? {}) as Event);
    return [value].flat().some((it) => expected.some((term) => accepts(term, it)));
  });
}

function accepts(term: unknown, value: unknown): boolean {
  if (typeof term !== 'object' || term === null) return term === value;
  const [operator, argument] = Object.entries(term)[0] as [string, unknown];
  if (operator === 'prefix') return String(value).startsWith(String(argument));
  if (operator === 'suffix') return String(value).endsWith(String(argument));
  if (operator === 'anything-but') return value !== undefined && !(argument as unknown[]).includes(value);
  throw new Error(`not supported: ${operator}`);
}

const of = (kind: string, name: string) => `arn:aws:ecs:us-east-1:123456789012:${kind}/${name}`;

/** Events in the form of AWS's documentation, of a deployment of the staging-cart service. */
const deployment = (eventName: string, service = 'staging-cart') => ({
  source: 'aws.ecs',
  'detail-type': 'ECS Deployment State Change',
  resources: [of('service', `${service}/${service}`)],
  detail: { eventType: 'ERROR', eventName, reason: 'ECS deployment circuit breaker: tasks failed to start.' },
});

const stopped = (
  stopCode: string,
  stoppedReason: string,
  lastStatus = 'STOPPED',
  cluster = 'staging-cart',
) => ({
  source: 'aws.ecs',
  'detail-type': 'ECS Task State Change',
  detail: {
    clusterArn: of('cluster', cluster),
    group: 'service:staging-cart',
    lastStatus,
    stopCode,
    stoppedReason,
  },
});

const expiring = (CommonName: string) => ({
  source: 'aws.acm',
  'detail-type': 'ACM Certificate Approaching Expiration',
  resources: ['arn:aws:acm:us-east-1:123456789012:certificate/1'],
  detail: { DaysToExpiry: 31, CommonName },
});

const health = (service: string, eventTypeCategory: string, statusCode = 'open') => ({
  source: 'aws.health',
  'detail-type': 'AWS Health Event',
  detail: { service, eventTypeCategory, statusCode, eventTypeCode: 'AWS_DYNAMODB_API_ISSUE' },
});

const stack = (name: string, status: string) => ({
  source: 'aws.cloudformation',
  'detail-type': 'CloudFormation Stack Status Change',
  detail: {
    'stack-id': `arn:aws:cloudformation:us-east-1:123456789012:stack/${name}/1a2b`,
    'status-details': { status, 'status-reason': 'The following resource(s) failed to update: [Service].' },
  },
});

const backup = (detailType: string, state: string, table = 'staging-carts') => ({
  source: 'aws.backup',
  'detail-type': detailType,
  detail: { resourceArn: `arn:aws:dynamodb:us-east-1:123456789012:table/${table}`, state },
});

/** Rules that an event triggers. */
const triggered = (event: Event) =>
  rules.flatMap(({ Name, EventPattern }) => (matches(EventPattern, event) ? [Name] : []));

test('a deployment that failed or was rolled back is told, one that succeeds or of others is not', () => {
  const told = ['staging-deployment-failed'];
  assert.deepEqual(triggered(deployment('SERVICE_DEPLOYMENT_FAILED')), told);
  assert.deepEqual(triggered(deployment('SERVICE_DEPLOYMENT_ROLLED_BACK')), told);
  assert.deepEqual(triggered(deployment('SERVICE_DEPLOYMENT_IN_PROGRESS')), []);
  assert.deepEqual(triggered(deployment('SERVICE_DEPLOYMENT_COMPLETED')), []);
  assert.deepEqual(triggered(deployment('SERVICE_DEPLOYMENT_FAILED', 'cart')), [], 'of production');
  assert.deepEqual(triggered(deployment('SERVICE_DEPLOYMENT_FAILED', 'staging-cart2')), []);
});

test('a stack whose operation failed is told, whatever the strategy, and once: when it has ended', () => {
  const told = ['staging-stack-failed'];
  for (const status of [
    'CREATE_FAILED',
    'ROLLBACK_COMPLETE',
    'UPDATE_FAILED',
    'UPDATE_ROLLBACK_COMPLETE',
    'UPDATE_ROLLBACK_FAILED',
    'DELETE_FAILED',
  ])
    assert.deepEqual(triggered(stack('tandem-production-cart', status)), told, status);
  for (const status of [
    'CREATE_COMPLETE',
    'UPDATE_COMPLETE',
    'UPDATE_ROLLBACK_IN_PROGRESS',
    'DELETE_COMPLETE',
  ])
    assert.deepEqual(triggered(stack('tandem-production-cart', status)), [], status);
  assert.deepEqual(triggered(stack('tandem-staging-cart', 'UPDATE_ROLLBACK_COMPLETE')), [], 'another stage');
});

test('a table that was not backed up, or not copied, is told; those of others are not', () => {
  for (const type of ['Backup Job State Change', 'Copy Job State Change']) {
    for (const state of ['FAILED', 'ABORTED', 'EXPIRED'])
      assert.deepEqual(triggered(backup(type, state)), ['staging-backup-failed'], `${type}: ${state}`);
    for (const state of ['CREATED', 'RUNNING', 'COMPLETED'])
      assert.deepEqual(triggered(backup(type, state)), [], `${type}: ${state}`);
    assert.deepEqual(triggered(backup(type, 'FAILED', 'carts')), [], 'of production');
  }
  assert.ok(!rulesOf(synthesize()).some(({ Name }) => Name === 'backup-failed'));
});

test('tasks that failed are told; those that scaling, deployments, operators or Spot stopped are not', () => {
  const told = ['staging-task-failed'];
  const scaling = 'Scaling activity initiated by (deployment ecs-svc/1)';
  const unhealthy = 'Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:…)';
  assert.deepEqual(
    triggered(stopped('EssentialContainerExited', 'Essential container in task exited')),
    told,
  );
  assert.deepEqual(triggered(stopped('TaskFailedToStart', 'CannotPullContainerError')), told);
  assert.deepEqual(triggered(stopped('ServiceSchedulerInitiated', unhealthy)), told);
  assert.deepEqual(triggered(stopped('ServiceSchedulerInitiated', scaling)), []);
  assert.deepEqual(triggered(stopped('UserInitiated', 'stopped by hand')), []);
  assert.deepEqual(triggered(stopped('SpotInterruption', 'Your Spot Task was interrupted.')), []);
  assert.deepEqual(
    triggered(stopped('EssentialContainerExited', 'exited', 'DEPROVISIONING')),
    [],
    'only once',
  );
  assert.deepEqual(triggered(stopped('EssentialContainerExited', 'exited', 'STOPPED', 'cart')), []);
});

test('the certificate of the domain is told when it expires, by its name or by its ARN', () => {
  assert.deepEqual(triggered(expiring('shop.example.com')), ['staging-certificate-expires']);
  assert.deepEqual(triggered(expiring('other.example.com')), []);
  const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/2';
  const { observability } = synthesize({ domain: { name: 'shop.example.com', certificateArn } });
  const patterns = resources({ observability }, 'AWS::Events::Rule').map(
    ({ Properties }) => Properties['EventPattern'],
  );
  assert.ok(patterns.some((pattern) => pattern?.resources?.[0] === certificateArn));
});

test('so is the certificate of CloudFront, in the only region in which ACM reports it', () => {
  const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/3';
  const cloudFront = { prefixListId: 'pl-3b927c52', certificateArn };
  const domain = { name: 'shop.example.com', zone };
  const expiringIn = (region: string) =>
    Object.fromEntries(
      rulesOf(synthesize({ region, domain, cloudFront })).flatMap(({ Name, EventPattern }) =>
        Name.includes('certificate') ? [[Name, EventPattern['resources']]] : [],
      ),
    );
  const ofDomain = { 'certificate-expires': undefined };
  assert.deepEqual(expiringIn('us-east-1'), {
    ...ofDomain,
    'cloudfront-certificate-expires': [certificateArn],
  });
  assert.deepEqual(expiringIn('eu-central-1'), ofDomain);
});

test('AWS Health tells of problems and planned changes of the services that the stacks use', () => {
  assert.deepEqual(triggered(health('DYNAMODB', 'issue')), ['staging-aws-health']);
  assert.deepEqual(triggered(health('ECS', 'scheduledChange', 'upcoming')), ['staging-aws-health']);
  assert.deepEqual(triggered(health('DYNAMODB', 'issue', 'closed')), []);
  assert.deepEqual(triggered(health('DYNAMODB', 'accountNotification')), []);
  for (const service of ['CLOUDFRONT', 'WAF', 'BACKUP', 'XRAY', 'FIREHOSE', 'CLOUDFORMATION'])
    assert.deepEqual(triggered(health(service, 'issue')), ['staging-aws-health'], service);
  assert.deepEqual(triggered(health('REDSHIFT', 'issue')), []);
});

test('each rule notifies a topic that EventBridge may publish to, by a text with the fields of the event, the first step and the runbook', () => {
  assert.equal(rules.length, 6);
  const policies = resources({ observability: templates.observability }, 'AWS::SNS::TopicPolicy');
  for (const { Name, Targets } of rules) {
    const [target, ...others] = Targets;
    assert.ok(target && others.length === 0, Name);
    assert.equal(
      target.RoleArn,
      undefined,
      'EventBridge publishes by the policy of the topic, not by a role',
    );
    const { InputPathsMap, InputTemplate } = target.InputTransformer;
    const text = JSON.parse(InputTemplate.replaceAll(/[\n]/g, String.raw`\n`)) as string;
    const fields = [...text.matchAll(/<([^>]+)>/g)].map(([, field = '']) => field);
    assert.deepEqual([...new Set(fields)].toSorted(), Object.keys(InputPathsMap).toSorted(), Name);
    assert.ok(fields.length > 0 && !/\$\./.test(text), `${Name}: ${text}`);
    const [, severity] = / First: .+\nA (page|ticket): .+\.\ndocs\/runbook\.md#[a-z-]+$/.exec(text) ?? [];
    assert.ok(severity && target.Arn.endsWith(`staging-operators-${severity}-topic`), `${Name}: ${text}`);
    const open = policies.some(({ Properties: { Topics, PolicyDocument } }) => {
      const statements = resolve('observability', PolicyDocument.Statement) as Record<string, unknown>[];
      // A condition would never hold: EventBridge passes no context.
      return (
        (resolve('observability', Topics) as string[])[0] === target.Arn &&
        statements.some(
          ({ Principal, Condition }) =>
            JSON.stringify(Principal).includes('events.amazonaws.com') && Condition === undefined,
        )
      );
    });
    assert.ok(open, `${Name}: the policy of its topic`);
  }
});
