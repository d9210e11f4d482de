import assert from 'node:assert/strict';
import { test } from 'node:test';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { production } from '../settings/production.ts';
import { staging } from '../settings/staging.ts';
import { createPipelineStack, type PipelineOptions } from './pipeline.ts';
import { synthesize as synthesizeStage } from './testing/synth.ts';

const regions = ['us-east-1'];
const environments = {
  staging: { regions, qualifier: staging.bootstrapQualifier },
  production: { regions, qualifier: production.bootstrapQualifier },
};
const repository = 'acme@1/tandem@2';

const MAIN = 'refs/heads/main';

function synthesize(options: Partial<PipelineOptions> = {}) {
  const stack = createPipelineStack(new App(), 'tandem-pipeline', {
    repository,
    environments,
    env: { account: '111122223333', region: 'us-east-1' },
    ...options,
  });
  return Template.fromStack(stack);
}

/** Trust in the jobs of one workflow file, on these refs only. */
function trusting(subject: string, workflow: string, ref: string) {
  const ofRef = {
    'token.actions.githubusercontent.com:ref': ref,
    'token.actions.githubusercontent.com:job_workflow_ref': `acme/tandem/.github/workflows/${workflow}@${ref}`,
  };
  const isPattern = ref.includes('*');
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: Match.objectLike({ Ref: Match.stringLikeRegexp('^GitHub') }) },
        Condition: {
          StringEquals: {
            'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
            'token.actions.githubusercontent.com:sub': `repo:${repository}:${subject}`,
            'token.actions.githubusercontent.com:repository_id': '2',
            ...(isPattern ? {} : ofRef),
          },
          ...(isPattern && { StringLike: ofRef }),
        },
      },
    ],
  };
}

/** Statements of the only policy of a role. */
function statementsOf(template: Template, roleName: string): unknown {
  const [roleId] = Object.keys(
    template.findResources('AWS::IAM::Role', { Properties: { RoleName: roleName } }),
  );
  const policies = Object.values(template.findResources('AWS::IAM::Policy')).filter((policy) =>
    JSON.stringify(policy['Properties'].Roles).includes(`"${roleId}"`),
  );
  assert.equal(policies.length, 1);
  return policies[0]?.['Properties'].PolicyDocument.Statement;
}

test('tokens of GitHub are accepted for one audience', () => {
  synthesize().hasResourceProperties('AWS::IAM::OIDCProvider', {
    Url: 'https://token.actions.githubusercontent.com',
    ClientIdList: ['sts.amazonaws.com'],
  });
});

for (const [stage, { qualifier }] of Object.entries(environments)) {
  test(`only jobs of deploy.yml on main in the environment ${stage} may deploy it, with its own bootstrap roles (security 4)`, () => {
    const template = synthesize();
    template.hasResourceProperties('AWS::IAM::Role', {
      RoleName: `tandem-deploy-${stage}`,
      AssumeRolePolicyDocument: trusting(`environment:${stage}`, 'deploy.yml', MAIN),
      ManagedPolicyArns: Match.absent(),
      Policies: Match.absent(),
    });
    const arns = ['deploy', 'file-publishing', 'lookup'].map((role) =>
      text(`iam::111122223333:role/cdk-${qualifier}-${role}-role-111122223333-${regions[0]}`),
    );
    const [bucket = ''] = Object.keys(template.findResources('AWS::S3::Bucket'));
    const bucketArn = { 'Fn::GetAtt': [bucket, 'Arn'] };
    assert.deepEqual(statementsOf(template, `tandem-deploy-${stage}`), [
      { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: arns },
      {
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:PutObject'],
        Resource: { 'Fn::Join': ['', [bucketArn, `/${stage}/release.tar.gz`]] },
      },
      {
        Effect: 'Allow',
        Action: 's3:ListBucket',
        Resource: bucketArn,
        Condition: { StringEquals: { 's3:prefix': `${stage}/release.tar.gz` } },
      },
    ]);
  });
}

test('only jobs of deploy.yml on main may publish images, and only to the repositories of releases', () => {
  const template = synthesize();
  template.hasResourceProperties('AWS::IAM::Role', {
    RoleName: 'tandem-publish',
    AssumeRolePolicyDocument: trusting(`ref:${MAIN}`, 'deploy.yml', MAIN),
  });
  const [push, login, ...others] = statementsOf(template, 'tandem-publish') as {
    Action: unknown;
    Resource: unknown;
  }[];
  assert.deepEqual([login?.Action, others], ['ecr:GetAuthorizationToken', []]);
  const arns = Object.keys(template.findResources('AWS::ECR::Repository')).map((id) => ({
    'Fn::GetAtt': [id, 'Arn'],
  }));
  assert.equal(arns.length, 2);
  assert.deepEqual(new Set([push?.Resource].flat()), new Set(arns));
});

test('images are scanned, their tags cannot be moved, and other accounts pull them only if they are named', () => {
  const repositoriesOf = (template: Template) =>
    Object.values(template.findResources('AWS::ECR::Repository'));
  for (const { Properties, DeletionPolicy } of repositoriesOf(synthesize())) {
    const { ImageTagMutability, ImageScanningConfiguration, RepositoryPolicyText } = Properties;
    assert.deepEqual([ImageTagMutability, ImageScanningConfiguration], ['IMMUTABLE', { ScanOnPush: true }]);
    assert.deepEqual([RepositoryPolicyText, DeletionPolicy], [undefined, 'Retain']);
  }
  for (const { Properties } of repositoriesOf(synthesize({ pullers: ['444455556666'] }))) {
    const [{ Action, Principal }, ...others] = Properties.RepositoryPolicyText.Statement;
    assert.deepEqual(Principal, { AWS: text('iam::444455556666:root') });
    assert.deepEqual(
      new Set(Action),
      new Set(['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer']),
    );
    assert.deepEqual(others, []);
  }
});

test('a repository without ids is trusted by its name', () => {
  const [role] = Object.values(
    synthesize({ repository: 'acme/tandem' }).findResources('AWS::IAM::Role', {
      Properties: { RoleName: 'tandem-publish' },
    }),
  );
  const [{ Condition }] = role?.['Properties']?.AssumeRolePolicyDocument.Statement ?? [];
  assert.deepEqual(Object.keys(Condition.StringEquals).toSorted(), [
    'token.actions.githubusercontent.com:aud',
    'token.actions.githubusercontent.com:job_workflow_ref',
    'token.actions.githubusercontent.com:ref',
    'token.actions.githubusercontent.com:sub',
  ]);
});

test('in one account and region, the role of a stage cannot assume the roles that deploy another', () => {
  const template = synthesize();
  const [ofStaging, ofProduction] = Object.keys(environments).map((stage) => {
    const [statement] = statementsOf(template, `tandem-deploy-${stage}`) as { Resource: unknown[] }[];
    return (statement?.Resource ?? []).map((arn) => JSON.stringify(arn));
  });
  assert.ok(ofStaging && ofProduction && ofStaging.length === ofProduction.length);
  assert.deepEqual(
    ofStaging.filter((arn) => ofProduction.includes(arn)),
    [],
  );
});

test('the stacks of a stage use its own bootstrap; the pipeline stack uses the credentials of the caller', () => {
  for (const { bootstrapQualifier } of [staging, production])
    for (const { Parameters } of Object.values(synthesizeStage({ bootstrapQualifier })))
      assert.equal(Parameters?.['BootstrapVersion']?.Default, `/cdk-bootstrap/${bootstrapQualifier}/version`);
  assert.deepEqual(synthesize().findParameters('*'), {});
});

test('a pull request may read the templates of our stacks, and nothing else', () => {
  const template = synthesize();
  template.hasResourceProperties('AWS::IAM::Role', {
    RoleName: 'tandem-diff',
    AssumeRolePolicyDocument: trusting('pull_request', 'diff.yml', 'refs/pull/*/merge'),
    ManagedPolicyArns: Match.absent(),
    Policies: Match.absent(),
  });
  assert.deepEqual(statementsOf(template, 'tandem-diff'), [
    {
      Effect: 'Allow',
      Action: ['cloudformation:DescribeStacks', 'cloudformation:GetTemplate'],
      Resource: text('cloudformation:*:111122223333:stack/tandem-*'),
    },
  ]);
});

test('there are no other roles or policies', () => {
  const template = synthesize();
  template.resourceCountIs('AWS::IAM::Role', 4);
  template.resourceCountIs('AWS::IAM::Policy', 4);
  template.resourceCountIs('AWS::IAM::OIDCProvider', 1);
});

test('an invalid repository or a wildcard is rejected', () => {
  for (const wrong of [
    'acme',
    'acme/*',
    'acme/tandem:ref:x',
    'acme@x/tandem',
    'https://github.com/acme/tandem',
  ]) {
    assert.throws(
      () => createPipelineStack(new App(), 'tandem-pipeline', { repository: wrong, environments }),
      /is not a repository/,
    );
  }
  createPipelineStack(new App(), 'tandem-pipeline', { repository: 'acme/tandem.shop', environments });
});

/** An ARN with the partition of the deployment. */
function text(rest: string): unknown {
  return { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${rest}`]] };
}
