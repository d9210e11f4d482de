import { Duration, RemovalPolicy, Stack, type StackProps, Token } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import { Schedule } from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { topology } from '@tandem/contracts/topology';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { type BackupSettings, SCHEDULES, vaultOf } from './backup-setting.ts';
import { namesIn } from './names.ts';
import type { Settings } from './settings.ts';

export interface BackupProps extends StackProps {
  readonly settings: Settings & { readonly backup: BackupSettings };
  readonly key: IKey | undefined;
}

/** Name of the vault after the prefix of the stage. */
const VAULT = 'tables';

/**
 * Backups of the tables by AWS Backup, each with a copy in the vault of another account. The vault is retained when the stack is
 * deleted, and takes copies back from that account alone.
 */
export class BackupStack extends Stack {
  constructor(scope: Construct, id: string, { settings, key, ...props }: BackupProps) {
    super(scope, id, { ...props, terminationProtection: true });
    const { vaultArn, schedule, retentionDays, copyRetentionDays } = settings.backup;
    const names = namesIn(this, settings.namePrefix);
    const tables = settings.services.flatMap((service) => topology.services[service].table ?? []);
    const tableArns = tables.map((table) => names.tableArn(table));
    const vault = new backup.BackupVault(this, 'Vault', {
      backupVaultName: names.of(VAULT),
      ...(key && { encryptionKey: key }),
      accessPolicy: new iam.PolicyDocument({
        statements: [
          new iam.PolicyStatement({
            principals: [new iam.AccountPrincipal(vaultOf(vaultArn).account)],
            actions: ['backup:CopyIntoBackupVault'],
            resources: ['*'],
          }),
        ],
      }),
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const plan = new backup.BackupPlan(this, 'Plan', {
      backupPlanName: names.of(VAULT),
      backupPlanRules: [
        new backup.BackupPlanRule({
          ruleName: schedule,
          backupVault: vault,
          scheduleExpression: Schedule.expression(SCHEDULES[schedule]),
          deleteAfter: Duration.days(retentionDays),
          copyActions: [
            {
              destinationBackupVault: backup.BackupVault.fromBackupVaultArn(this, 'Copies', vaultArn),
              deleteAfter: Duration.days(copyRetentionDays),
            },
          ],
        }),
      ],
    });
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('backup.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    });
    const grants = grantsFor(role, { tableArns, vaultArns: [vault.backupVaultArn, vaultArn], vaultArn, key });
    const selection = plan.addSelection('Tables', {
      backupSelectionName: VAULT,
      role,
      disableDefaultBackupPolicy: true,
      resources: tableArns.map((arn) => backup.BackupResource.fromArn(arn)),
    });
    selection.node.addDependency(grants);
  }
}

interface Grants {
  readonly tableArns: string[];
  readonly vaultArns: string[];
  /** The vault of the copies. */
  readonly vaultArn: string;
  readonly key: IKey | undefined;
}

/**
 * What AWS Backup does with tables: of `AWSBackupServiceRolePolicyForBackup` the statements that AWS names for DynamoDB and for
 * copies (AWS Backup developer guide, "Managed policies for AWS Backup"), for these tables and vaults. Without those for backups
 * that DynamoDB itself manages: they cannot be copied to another account.
 */
function grantsFor(role: iam.Role, { tableArns, vaultArns, vaultArn, key }: Grants): iam.Policy {
  const stack = Stack.of(role);
  const recoveryPoints = stack.formatArn({ service: 'backup', resource: 'recovery-point:*' });
  const shown = (value: string, name: string) => (Token.isUnresolved(value) ? `<AWS::${name}>` : value);
  const arn = `arn:${shown(stack.partition, 'Partition')}:backup:${stack.region}:${shown(stack.account, 'AccountId')}`;
  const policy = new iam.Policy(stack, 'Grants', {
    roles: [role],
    statements: [
      new iam.PolicyStatement({
        actions: ['dynamodb:DescribeTable', 'dynamodb:ListTagsOfResource', 'dynamodb:StartAwsBackupJob'],
        resources: tableArns,
      }),
      new iam.PolicyStatement({
        actions: ['backup:CopyIntoBackupVault', 'backup:DescribeBackupVault'],
        resources: vaultArns,
      }),
      new iam.PolicyStatement({
        actions: ['backup:CopyFromBackupVault'],
        resources: ['*'],
        conditions: { 'ForAllValues:ArnEquals': { 'backup:CopyTargets': [vaultArn] } },
      }),
      new iam.PolicyStatement({ actions: ['backup:TagResource'], resources: [recoveryPoints] }),
      ...(key ? grantsOfKey(stack, key) : []),
    ],
  });
  acknowledge(policy, {
    'AwsSolutions-IAM5[Resource::*]':
      'backup:CopyFromBackupVault has no resources: the condition names the one vault that it copies to',
    [`AwsSolutions-IAM5[Resource::${arn}:recovery-point:*]`]:
      'AWS Backup names the backups that it copies the tags of a table to',
  });
  return policy;
}

function grantsOfKey(stack: Stack, key: IKey): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${stack.region}.amazonaws.com` } },
    }),
    new iam.PolicyStatement({ actions: ['kms:DescribeKey'], resources: [key.keyArn] }),
    new iam.PolicyStatement({
      actions: ['kms:CreateGrant'],
      resources: [key.keyArn],
      conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    }),
  ];
}
