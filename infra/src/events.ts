import { CrossStackReferences, ReferenceStrength, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { topology } from '@tandem/contracts/topology';
import type { Construct } from 'constructs';
import { createAuditTrail } from './audit-trail.ts';
import { vaultOf } from './backup-setting.ts';
import type { Settings } from './settings.ts';

/**
 * Topics, the only coupling between the contexts. They are deployed before all of them, so that each context can subscribe to
 * the events of the others in any order; only roles of the owner may publish. Also creates the audit trail, to which all
 * contexts send.
 */
export class EventsStack extends Stack {
  /** Customer managed key for the data of the contexts; undefined unless the setting `customerKey` is set. */
  readonly key: kms.Key | undefined;
  readonly topics: readonly sns.Topic[];

  constructor(scope: Construct, id: string, { settings, ...props }: StackProps & { settings: Settings }) {
    super(scope, id, { ...props, terminationProtection: true });
    this.key = settings.customerKey ? stageKey(this) : undefined;
    if (settings.backup && this.key) shareKey(this.key, vaultOf(settings.backup.vaultArn).account);
    const masterKey = this.key ?? kms.Alias.fromAliasName(this, 'SnsKey', 'alias/aws/sns');
    this.topics = Object.keys(topology.topics).map(
      (name) =>
        new sns.Topic(this, name, {
          topicName: `${settings.namePrefix}${name}`,
          enforceSSL: true,
          masterKey,
        }),
    );
    createAuditTrail(this, settings, this.key);
  }
}

/** Lets an account read the backups that it copies: they are encrypted with the key of the vault that they come from. */
function shareKey(key: kms.Key, account: string): void {
  const principals = [new iam.AccountPrincipal(account)];
  key.addToResourcePolicy(
    new iam.PolicyStatement({ principals, actions: ['kms:Decrypt', 'kms:DescribeKey'], resources: ['*'] }),
  );
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      principals,
      actions: ['kms:CreateGrant'],
      resources: ['*'],
      conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    }),
  );
}

function stageKey(stack: Stack): kms.Key {
  const key = new kms.Key(stack, 'Key', {
    description: `Data of ${stack.stackName} and its contexts`,
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
  // It outlives its stack, so that no stack has to be deployed before this one when it is no longer used.
  CrossStackReferences.of(key).produce(ReferenceStrength.WEAK);
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
  // EventBridge passes no context for a condition to check: https://repost.aws/knowledge-center/sns-not-getting-eventbridge-notification
  grantTo('events.amazonaws.com', {});
  const logs = stack.formatArn({ service: 'logs', resource: '*' });
  grantTo(`logs.${stack.region}.amazonaws.com`, { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logs } });
  return key;
}
