import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceNames, topology } from '@tandem/contracts/topology';
import { production } from '../settings/production.ts';
import { SCHEDULES } from './backup-setting.ts';
import { readSettings } from './settings.ts';
import {
  type CloudFormation,
  resources,
  stackArtifacts,
  synthesize,
  synthesizeAll,
} from './testing/synth.ts';

const vaultArn = 'arn:aws:backup:us-east-1:222233334444:backup-vault:tandem';
const of = (stack: CloudFormation | undefined, type: string) => {
  assert.ok(stack, 'there is no stack of backups');
  const [only, ...others] = resources({ backup: stack }, type);
  assert.ok(only && others.length === 0, type);
  return only;
};
const text = (value: unknown) => JSON.stringify(value);
const { backup, events } = synthesizeAll({ backup: { vaultArn } });
const staging = synthesizeAll({ backup: { vaultArn }, namePrefix: 'staging-', customerKey: true });

test('by default nothing is backed up outside of DynamoDB', () => {
  assert.equal(readSettings(production).backup, undefined);
  const templates = synthesizeAll();
  assert.equal(templates.backup, undefined);
  assert.doesNotMatch(text(templates), /AWS::Backup::|backup\.amazonaws/);
});

test('a daily backup of a week has a copy of five weeks in the vault of the other account, neither in cold storage', () => {
  const { BackupPlan: plan } = of(backup, 'AWS::Backup::BackupPlan').Properties;
  const [rule, ...others] = plan.BackupPlanRule as Record<string, unknown>[];
  assert.ok(rule && others.length === 0);
  assert.equal(rule['ScheduleExpression'], SCHEDULES.daily);
  assert.deepEqual(rule['Lifecycle'], { DeleteAfterDays: 7 });
  assert.deepEqual(rule['CopyActions'], [
    { DestinationBackupVaultArn: vaultArn, Lifecycle: { DeleteAfterDays: 35 } },
  ]);
  assert.match(text(rule['TargetBackupVault']), /Vault/);
});

test('exactly the tables of the deployed services are selected, by the names of the stage', () => {
  const selected = (stack: CloudFormation | undefined) =>
    (of(stack, 'AWS::Backup::BackupSelection').Properties['BackupSelection'].Resources as unknown[])
      .map((arn) => /:table\/([\w-]+)"/.exec(text(arn))?.[1] ?? '')
      .toSorted();
  const tables = serviceNames.flatMap((service) => topology.services[service].table ?? []).toSorted();
  assert.deepEqual(selected(backup), tables);
  assert.deepEqual(
    selected(staging.backup),
    tables.map((table) => `staging-${table}`),
  );
  assert.deepEqual(selected(synthesize({ backup: { vaultArn }, services: ['cart'] }).backup), ['carts']);
  for (const stack of [backup, staging.backup])
    assert.doesNotMatch(text(of(stack, 'AWS::Backup::BackupSelection')), /ListOfTags|\*/);
});

test('the vault outlives its stack, and takes copies back from the other account alone', () => {
  const { Properties, DeletionPolicy, UpdateReplacePolicy } = of(backup, 'AWS::Backup::BackupVault');
  assert.deepEqual([DeletionPolicy, UpdateReplacePolicy], ['RetainExceptOnCreate', 'Retain']);
  const [statement, ...others] = Properties['AccessPolicy'].Statement as Record<string, unknown>[];
  assert.deepEqual(others, []);
  assert.equal(statement?.['Action'], 'backup:CopyIntoBackupVault');
  assert.match(text(statement?.['Principal']), /:iam::222233334444:root"/);
  const [, artifact] = stackArtifacts({ backup: { vaultArn } }).find(([name]) => name === 'backup') ?? [];
  assert.equal(artifact?.terminationProtection, true);
  const needed = artifact?.dependencies.map(({ id }) => id) ?? [];
  for (const service of serviceNames.filter((name) => topology.services[name].table))
    assert.ok(needed.includes(`tandem-production-${service}-data`), service);
});

test('with a key of the stage the vault has it, and the other account may read what it copies', () => {
  assert.equal(of(backup, 'AWS::Backup::BackupVault').Properties['EncryptionKeyArn'], undefined);
  assert.match(text(of(staging.backup, 'AWS::Backup::BackupVault').Properties['EncryptionKeyArn']), /Key/);
  assert.match(text(resources({ events: staging.events }, 'AWS::KMS::Key')), /:iam::222233334444:root"/);
  assert.doesNotMatch(text(events), /222233334444/);
  assert.doesNotMatch(text(synthesizeAll({ customerKey: true }).events), /222233334444/);
});

test('the role can back up these tables and copy to this vault; it can neither read items, restore nor delete', () => {
  const { AssumeRolePolicyDocument, ManagedPolicyArns } = of(backup, 'AWS::IAM::Role').Properties;
  assert.match(text(AssumeRolePolicyDocument), /"aws:SourceAccount".*"backup\.amazonaws\.com"/);
  assert.equal(ManagedPolicyArns, undefined);
  const actionsOf = (stack: CloudFormation | undefined) =>
    (
      of(stack, 'AWS::IAM::Policy').Properties['PolicyDocument'].Statement as {
        Action: string | string[];
        Resource: unknown;
        Condition?: unknown;
      }[]
    ).flatMap(({ Action, Resource, Condition }) =>
      [Action].flat().map((action) => ({ action, Resource, Condition })),
    );
  const granted = actionsOf(backup);
  assert.deepEqual(granted.map(({ action }) => action).toSorted(), [
    'backup:CopyFromBackupVault',
    'backup:CopyIntoBackupVault',
    'backup:DescribeBackupVault',
    'backup:TagResource',
    'dynamodb:DescribeTable',
    'dynamodb:ListTagsOfResource',
    'dynamodb:StartAwsBackupJob',
  ]);
  for (const { action, Resource, Condition } of granted)
    if (Resource === '*')
      assert.deepEqual(
        [action, Condition],
        ['backup:CopyFromBackupVault', { 'ForAllValues:ArnEquals': { 'backup:CopyTargets': [vaultArn] } }],
      );
  const ofKey = actionsOf(staging.backup).filter(({ action }) => action.startsWith('kms:'));
  assert.equal(ofKey.length, 4);
  for (const { Resource } of ofKey) assert.notEqual(Resource, '*');
});

test('what AWS Backup would refuse, or what protects nothing, is rejected with its path (aws F2)', () => {
  const rejected = (setting: object, message: RegExp) =>
    assert.throws(() => readSettings({ ...production, backup: { vaultArn, ...setting } }), message);
  rejected({ retentionDays: 30, copyRetentionDays: 29 }, /backup\.copyRetentionDays: is less than retention/);
  rejected({ retentionDays: 36 }, /backup\.copyRetentionDays: /);
  rejected({ retentionDays: 0 }, /backup\.retentionDays: /);
  rejected({ copyRetentionDays: 7.5 }, /backup\.copyRetentionDays: /);
  rejected({ schedule: 'yearly' }, /backup\.schedule: /);
  rejected({ coldStorageDays: 1 }, /coldStorageDays/);
  for (const wrong of [
    'tandem',
    '',
    'arn:aws:backup:us-east-1:222233334444:backup-vault:',
    'arn:aws:backup:us-east-1::backup-vault:tandem',
    'arn:aws:backup:us-east-1:222233334444:backup-plan:tandem',
    `${vaultArn}:*`,
    'arn:aws:s3:::tandem',
  ])
    rejected({ vaultArn: wrong }, /backup\.vaultArn: expected the ARN of a backup vault/);
  rejected({ vaultArn: vaultArn.replace('tandem', 'Default') }, /backup\.vaultArn: the vault Default/);
  const account = '222233334444';
  assert.throws(
    () => readSettings({ ...production, account, backup: { vaultArn } }),
    /backup\.vaultArn: is in the account of the stage/,
  );
  const same = readSettings({ ...production, backup: { vaultArn, retentionDays: 35 } });
  assert.equal(same.backup?.copyRetentionDays, 35);
});
