import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { topology } from '@tandem/contracts/topology';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/**
 * Topics, the only coupling between the contexts. They are deployed before all of them, so that each context can subscribe to
 * the events of the others in any order; only roles of the owner may publish.
 */
export class EventsStack extends Stack {
  /** Customer managed key for the data of the contexts; undefined unless the setting `customerKey` is set. */
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
    description: `Data of ${stack.stackName} and its contexts`,
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
  const actions = ['kms:Decrypt', 'kms:GenerateDataKey*', 'kms:Encrypt', 'kms:ReEncrypt*', 'kms:DescribeKey'];
  const grantTo = (service: string, conditions: Record<string, Record<string, string>>) =>
    key.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal(service)],
        actions,
        resources: ['*'],
        conditions,
      }),
    );
  // Service principals that use the key on our behalf: SNS for queues, CloudWatch and Budgets for notifications, and logs.
  for (const service of ['sns', 'cloudwatch', 'budgets'])
    grantTo(`${service}.amazonaws.com`, { StringEquals: { 'aws:SourceAccount': stack.account } });
  const logs = stack.formatArn({ service: 'logs', resource: '*' });
  grantTo(`logs.${stack.region}.amazonaws.com`, { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logs } });
  return key;
}
