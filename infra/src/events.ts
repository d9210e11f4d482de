import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { topology } from '@tandem/contracts/topology';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/**
 * The topics, which are all that the contexts know of each other. They stand before both, so that each context can
 * subscribe to what the other tells, whichever is deployed first; only the owner's roles may publish.
 */
export class EventsStack extends Stack {
  /** Encrypts what the contexts keep, where the settings ask for a key of our own. */
  readonly key: kms.Key | undefined;
  readonly topics: readonly sns.Topic[];

  constructor(scope: Construct, id: string, { settings, ...props }: StackProps & { settings: Settings }) {
    super(scope, id, props);
    this.key = settings.customerKey ? stageKey(this) : undefined;
    const masterKey = this.key ?? kms.Alias.fromAliasName(this, 'SnsKey', 'alias/aws/sns');
    this.topics = Object.keys(topology.topics).map(
      (name) =>
        new sns.Topic(this, name, {
          topicName: `${settings.namePrefix}${name}`,
          enforceSSL: true,
          masterKey,
        }),
    );
  }
}

function stageKey(stack: Stack): kms.Key {
  const key = new kms.Key(stack, 'Key', {
    description: `What ${stack.stackName} and its contexts keep`,
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
  const actions = ['kms:Decrypt', 'kms:GenerateDataKey*', 'kms:Encrypt', 'kms:ReEncrypt*', 'kms:DescribeKey'];
  const admit = (service: string, conditions: Record<string, Record<string, string>>) =>
    key.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal(service)],
        actions,
        resources: ['*'],
        conditions,
      }),
    );
  // Who works in the name of others: SNS delivers into queues, CloudWatch tells alarms, budgets are told, logs are kept.
  for (const service of ['sns', 'cloudwatch', 'budgets'])
    admit(`${service}.amazonaws.com`, { StringEquals: { 'aws:SourceAccount': stack.account } });
  const logs = stack.formatArn({ service: 'logs', resource: '*' });
  admit(`logs.${stack.region}.amazonaws.com`, { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logs } });
  return key;
}
