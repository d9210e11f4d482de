import { BootstraplessSynthesizer, CfnOutput, Duration, type Environment, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** Repository and environments that may assume the pipeline's roles. */
export interface PipelineOptions {
  /**
   * Repository as in its OIDC tokens: `OWNER@123/NAME@456`, with immutable ids of owner and repository, or `OWNER/NAME`
   * for one from before July 2026 that has not opted in.
   */
  readonly repository: string;
  /**
   * GitHub environments that may deploy to this account, one per stage: the regions of its stacks, and the qualifier of its
   * own bootstrap.
   */
  readonly environments: Readonly<
    Record<string, { readonly regions: readonly string[]; readonly qualifier: string }>
  >;
  readonly env?: Environment;
}

const ISSUER = 'token.actions.githubusercontent.com';
const AUDIENCE = 'sts.amazonaws.com';

/**
 * Bootstrap roles that a deployment assumes; `cdk bootstrap` defines their permissions. By default they may change any stack
 * of their account: only separate accounts isolate stages.
 */
const DEPLOYMENT_ROLES = ['deploy', 'file-publishing', 'image-publishing', 'lookup'];
/** Upper limit of a deployment with a canary in each service. */
const MAX_DEPLOYMENT_DURATION = Duration.hours(2);

/**
 * Roles of GitHub Actions in this account, without stored keys: a role per stage for jobs of the GitHub environment of that
 * name, and one for pull requests that can only read stacks. Deployed once, by hand.
 */
export function createPipelineStack(
  scope: Construct,
  id: string,
  { repository, environments, env }: PipelineOptions,
): Stack {
  if (!/^[\w.-]+(?:@\d+)?\/[\w.-]+(?:@\d+)?$/.test(repository)) {
    throw new Error(`"${repository}" is not a repository: use OWNER@123/NAME@456`);
  }
  const stack = new Stack(scope, id, {
    stackName: 'tandem-pipeline',
    description: 'Roles of GitHub Actions in this account',
    // Deployed with the credentials of the caller: it belongs to no stage's bootstrap.
    synthesizer: new BootstraplessSynthesizer(),
    ...(env && { env }),
  });
  const provider = new iam.OidcProviderNative(stack, 'GitHub', {
    url: `https://${ISSUER}`,
    clientIds: [AUDIENCE],
  });
  const principalFor = (subject: string) =>
    new iam.OpenIdConnectPrincipal(provider, {
      StringEquals: { [`${ISSUER}:aud`]: AUDIENCE, [`${ISSUER}:sub`]: `repo:${repository}:${subject}` },
    });

  for (const [stage, { regions, qualifier }] of Object.entries(environments)) {
    const roles = regions.flatMap((region) =>
      DEPLOYMENT_ROLES.map((role) => bootstrapRoleArn(stack, { qualifier, role, region })),
    );
    const role = new iam.Role(stack, `Deploy-${stage}`, {
      roleName: `tandem-deploy-${stage}`,
      description: `Deploys ${stage}, for jobs of the GitHub environment ${stage} only`,
      assumedBy: principalFor(`environment:${stage}`),
      maxSessionDuration: MAX_DEPLOYMENT_DURATION,
    });
    role.addToPolicy(new iam.PolicyStatement({ actions: ['sts:AssumeRole'], resources: roles }));
    new CfnOutput(stack, `DeployRole-${stage}`, {
      value: role.roleArn,
      description: `The variable AWS_DEPLOY_ROLE of the GitHub environment ${stage}`,
    });
  }

  const diff = new iam.Role(stack, 'Diff', {
    roleName: 'tandem-diff',
    description: 'Compares the stacks of a pull request with the deployed ones',
    assumedBy: principalFor('pull_request'),
  });
  // Not the lookup role, which can read every table and bucket: the pull request's own code runs here.
  diff.addToPolicy(
    new iam.PolicyStatement({
      actions: ['cloudformation:DescribeStacks', 'cloudformation:GetTemplate'],
      resources: [stack.formatArn({ service: 'cloudformation', region: '*', resource: 'stack/tandem-*' })],
    }),
  );
  acknowledge(diff, {
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudformation:*:<AWS::AccountId>:stack/tandem-*]':
      'a stack’s ARN ends with a generated id; access is read-only',
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
