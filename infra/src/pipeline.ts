import { BootstraplessSynthesizer, CfnOutput, Duration, type Environment, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** Whom the pipeline's roles are for. */
export interface PipelineOptions {
  /**
   * The repository as its OIDC tokens name it: `OWNER@123/NAME@456`, with the ids that no later owner of the names gets, or
   * `OWNER/NAME` for one from before July 2026 that has not opted in.
   */
  readonly repository: string;
  /**
   * The GitHub environments that may deploy to this account, each a stage: the regions that their stacks are in, and the
   * qualifier of the bootstrap that is theirs alone.
   */
  readonly environments: Readonly<
    Record<string, { readonly regions: readonly string[]; readonly qualifier: string }>
  >;
  readonly env?: Environment;
}

const ISSUER = 'token.actions.githubusercontent.com';
const AUDIENCE = 'sts.amazonaws.com';

/**
 * The bootstrap roles that a deployment takes on; what they may do is up to `cdk bootstrap`. As it makes them, they may
 * change any stack of their account: what keeps a stage from another for certain is an account of its own.
 */
const DEPLOYMENT_ROLES = ['deploy', 'file-publishing', 'image-publishing', 'lookup'];
/** The longest that a deployment with a canary in each service takes, with much to spare. */
const LONGEST_DEPLOYMENT = Duration.hours(2);

/**
 * What GitHub Actions may do in this account, without a stored key: a role for each stage that only a job of the GitHub
 * environment of that name gets, and one for pull requests that only sees which stacks there are. To be deployed by hand,
 * once.
 */
export function createPipelineStack(
  scope: Construct,
  id: string,
  { repository, environments, env }: PipelineOptions,
): Stack {
  if (!/^[\w.-]+(?:@\d+)?\/[\w.-]+(?:@\d+)?$/.test(repository)) {
    throw new Error(`"${repository}" is no repository: write OWNER@123/NAME@456`);
  }
  const stack = new Stack(scope, id, {
    stackName: 'tandem-pipeline',
    description: 'What GitHub Actions may do in this account',
    // By whoever deploys it, with the credentials at hand: it belongs to no stage's bootstrap.
    synthesizer: new BootstraplessSynthesizer(),
    ...(env && { env }),
  });
  const provider = new iam.OidcProviderNative(stack, 'GitHub', {
    url: `https://${ISSUER}`,
    clientIds: [AUDIENCE],
  });
  const trustedFor = (subject: string) =>
    new iam.OpenIdConnectPrincipal(provider, {
      StringEquals: { [`${ISSUER}:aud`]: AUDIENCE, [`${ISSUER}:sub`]: `repo:${repository}:${subject}` },
    });

  for (const [stage, { regions, qualifier }] of Object.entries(environments)) {
    const roles = regions.flatMap((region) =>
      DEPLOYMENT_ROLES.map((role) => bootstrapRoleArn(stack, { qualifier, role, region })),
    );
    const role = new iam.Role(stack, `Deploy-${stage}`, {
      roleName: `tandem-deploy-${stage}`,
      description: `Deploys ${stage}: for jobs of the GitHub environment ${stage} alone`,
      assumedBy: trustedFor(`environment:${stage}`),
      maxSessionDuration: LONGEST_DEPLOYMENT,
    });
    role.addToPolicy(new iam.PolicyStatement({ actions: ['sts:AssumeRole'], resources: roles }));
    new CfnOutput(stack, `DeployRole-${stage}`, {
      value: role.roleArn,
      description: `The variable AWS_DEPLOY_ROLE of the GitHub environment ${stage}`,
    });
  }

  const diff = new iam.Role(stack, 'Diff', {
    roleName: 'tandem-diff',
    description: 'Compares the stacks of a pull request with those that are deployed',
    assumedBy: trustedFor('pull_request'),
  });
  // Not the lookup role: it reads every table and bucket, and what runs here is the pull request's own code.
  diff.addToPolicy(
    new iam.PolicyStatement({
      actions: ['cloudformation:DescribeStacks', 'cloudformation:GetTemplate'],
      resources: [stack.formatArn({ service: 'cloudformation', region: '*', resource: 'stack/tandem-*' })],
    }),
  );
  acknowledge(diff, {
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudformation:*:<AWS::AccountId>:stack/tandem-*]':
      'a stack’s ARN ends with an id that nobody knows beforehand; it may only be looked at',
  });
  new CfnOutput(stack, 'DiffRole', {
    value: diff.roleArn,
    description: 'The variable AWS_DIFF_ROLE of the GitHub repository',
  });
  return stack;
}

function bootstrapRoleArn(
  stack: Stack,
  { qualifier, role, region }: Readonly<Record<'qualifier' | 'role' | 'region', string>>,
): string {
  const resourceName = `cdk-${qualifier}-${role}-role-${stack.account}-${region}`;
  return stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName });
}
