import assert from 'node:assert/strict';
import { test } from 'node:test';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { production } from '../settings/production.ts';
import { staging } from '../settings/staging.ts';
import { createPipelineStack } from './pipeline.ts';
import { synthesize as synthesizeStage } from './testing/synth.ts';

const regions = ['us-east-1'];
const environments = {
  staging: { regions, qualifier: staging.bootstrapQualifier },
  production: { regions, qualifier: production.bootstrapQualifier },
};
const repository = 'acme@1/tandem@2';

function synthesize() {
  const stack = createPipelineStack(new App(), 'tandem-pipeline', {
    repository,
    environments,
    env: { account: '111122223333', region: 'us-east-1' },
  });
  return Template.fromStack(stack);
}

function trusting(subject: string) {
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
          },
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
  test(`only jobs of the environment ${stage} may deploy it, with its own bootstrap roles in its region`, () => {
    const template = synthesize();
    template.hasResourceProperties('AWS::IAM::Role', {
      RoleName: `tandem-deploy-${stage}`,
      AssumeRolePolicyDocument: trusting(`environment:${stage}`),
      ManagedPolicyArns: Match.absent(),
      Policies: Match.absent(),
    });
    const arns = ['deploy', 'file-publishing', 'image-publishing', 'lookup'].map((role) =>
      text(`iam::111122223333:role/cdk-${qualifier}-${role}-role-111122223333-${regions[0]}`),
    );
    assert.deepEqual(statementsOf(template, `tandem-deploy-${stage}`), [
      { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: arns },
    ]);
  });
}

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
    AssumeRolePolicyDocument: trusting('pull_request'),
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
  template.resourceCountIs('AWS::IAM::Role', 3);
  template.resourceCountIs('AWS::IAM::Policy', 3);
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
