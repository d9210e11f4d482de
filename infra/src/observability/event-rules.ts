import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import type { Construct } from 'constructs';
import { CLOUDFRONT_REGION } from '../distribution-setting.ts';
import type { Names } from '../names.ts';
import type { Settings } from '../settings.ts';
import type { Severity } from './alarm-spec.ts';
import {
  awsHealth,
  backupFailed,
  certificateExpires,
  deploymentFailed,
  type RuleSpec,
  stackFailed,
  taskFailed,
} from './rule-specs.ts';

export interface EventRulesProps {
  readonly names: Names;
  readonly topics: Readonly<Record<Severity, sns.ITopic>>;
  /** What the names of all stacks of the stage begin with. */
  readonly stackPrefix: string;
  /** Services that run as tasks, each in a cluster of its name. */
  readonly tasks: readonly ServiceName[];
  readonly settings: Settings;
}

/** Creates the rules; EventBridge does not charge for events of AWS services. */
export function createEventRules(scope: Construct, props: EventRulesProps): void {
  const { tasks, names, stackPrefix, settings } = props;
  const { domain, cloudFront, backup, region } = settings;
  const stack = Stack.of(scope);
  const arnsOf = (resource: string) =>
    tasks.map((service) => stack.formatArn({ service: 'ecs', resource, resourceName: names.of(service) }));
  const arnFormat = ArnFormat.SLASH_RESOURCE_NAME;
  const stacks = { service: 'cloudformation', resource: 'stack', resourceName: stackPrefix, arnFormat };
  const rules: Readonly<Record<string, RuleSpec>> = {
    ...(tasks.length > 0 && {
      'deployment-failed': deploymentFailed(arnsOf('service')),
      'task-failed': taskFailed(arnsOf('cluster')),
    }),
    'stack-failed': stackFailed(stack.formatArn(stacks)),
    ...(domain && { 'certificate-expires': certificateExpires(domain) }),
    // ACM reports it in its own region only.
    ...(domain &&
      cloudFront?.certificateArn !== undefined &&
      region === CLOUDFRONT_REGION && {
        'cloudfront-certificate-expires': certificateExpires({
          ...domain,
          certificateArn: cloudFront.certificateArn,
        }),
      }),
    ...(backup && { 'backup-failed': backupFailed(tableArns(settings, names)) }),
    'aws-health': awsHealth,
  };
  for (const [id, rule] of Object.entries(rules)) create(scope, id, rule, props);
}

function tableArns({ services }: Settings, names: Names): string[] {
  const tables = services.flatMap((service) => topology.services[service].table ?? []);
  return tables.map((table) => names.tableArn(table));
}

function create(
  scope: Construct,
  id: string,
  { pattern, text, section, severity, because }: RuleSpec,
  { names, topics, settings: { runbookUrl } }: EventRulesProps,
): void {
  const message = `${text}\nA ${severity}: ${because}.\n${runbookUrl}#${section}`;
  const withFields = message
    .split(/(\$\.[\w.[\]-]*\w\]?)/)
    .map((part) => (part.startsWith('$.') ? events.EventField.fromPath(part) : part))
    .join('');
  new events.Rule(scope, `Rule-${id}`, {
    ruleName: names.of(id),
    description: `A ${severity}: ${because}`,
    eventPattern: pattern,
    targets: [new SnsTopic(topics[severity], { message: events.RuleTargetInput.fromText(withFields) })],
  });
}
