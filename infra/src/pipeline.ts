import { BootstraplessSynthesizer, CfnOutput, Duration, type Environment, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { createReleaseStore, type ReleaseStore } from './release-store.ts';

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
  /** Other accounts whose stages pull the images from this one. Default: none. */
  readonly pullers?: readonly string[];
  readonly env?: Environment;
}

/** Claims of an OIDC token of GitHub that a role requires, besides audience and repository. */
interface Claims {
  /** End of the subject, after the repository. */
  readonly subject: string;
  /** File of the workflow that defines the job, and pattern of its ref. */
  readonly workflow: string;
  readonly ref: string;
}

const ISSUER = 'token.actions.githubusercontent.com';
const AUDIENCE = 'sts.amazonaws.com';
const MAIN = 'refs/heads/main';

/**
 * Bootstrap roles that a deployment assumes; `cdk bootstrap` defines their permissions. By default they may change any stack
 * of their account: only separate accounts isolate stages. Not the one that publishes images, which are published before.
 */
const DEPLOYMENT_ROLES = ['deploy', 'file-publishing', 'lookup'];
/** Upper limit of a deployment with a canary in each service, and of the restoration of the version before. */
const MAX_DEPLOYMENT_DURATION = Duration.hours(4);

/**
 * Roles of GitHub Actions in this account, without stored keys: one that publishes images, one per stage that deploys, and one for
 * pull requests that can only read stacks; and the store of releases. Each role trusts the jobs of one workflow file only, on
 * `main` except for pull requests. Deployed once, by hand.
 */
export function createPipelineStack(
  scope: Construct,
  id: string,
  { repository, environments, pullers = [], env }: PipelineOptions,
): Stack {
  if (!/^[\w.-]+(?:@\d+)?\/[\w.-]+(?:@\d+)?$/.test(repository)) {
    throw new Error(`"${repository}" is not a repository: use OWNER@123/NAME@456`);
  }
  const stack = new Stack(scope, id, {
    stackName: 'tandem-pipeline',
    description: 'Roles of GitHub Actions in this account, and the store of releases',
    // Deployed with the credentials of the caller: it belongs to no stage's bootstrap.
    synthesizer: new BootstraplessSynthesizer(),
    ...(env && { env }),
  });
  const provider = new iam.OidcProviderNative(stack, 'GitHub', {
    url: `https://${ISSUER}`,
    clientIds: [AUDIENCE],
  });
  const trusted = (claims: Claims) => principalOf(provider, repository, claims);
  const store = createReleaseStore(stack, pullers);

  const publish = new iam.Role(stack, 'Publish', {
    roleName: 'tandem-publish',
    description: 'Publishes the images of a release',
    assumedBy: trusted({ subject: `ref:${MAIN}`, workflow: 'deploy.yml', ref: MAIN }),
  });
  store.grantPublish(publish);
  output(stack, 'PublishRole', publish.roleArn, 'variable AWS_PUBLISH_ROLE of the repository');

  for (const [stage, { regions, qualifier }] of Object.entries(environments)) {
    const role = createDeployRole(stack, stage, {
      assumedBy: trusted({ subject: `environment:${stage}`, workflow: 'deploy.yml', ref: MAIN }),
      roles: regions.flatMap((region) =>
        DEPLOYMENT_ROLES.map((name) => bootstrapRoleArn(stack, { qualifier, role: name, region })),
      ),
      store,
    });
    output(
      stack,
      `DeployRole-${stage}`,
      role.roleArn,
      `variable AWS_DEPLOY_ROLE of the environment ${stage}`,
    );
  }

  const diff = createDiffRole(
    stack,
    trusted({ subject: 'pull_request', workflow: 'diff.yml', ref: 'refs/pull/*/merge' }),
  );
  output(stack, 'DiffRole', diff.roleArn, 'variable AWS_DIFF_ROLE of the repository');
  return stack;
}

function output(stack: Stack, id: string, value: string, use: string): void {
  new CfnOutput(stack, id, { value, description: `The ${use} at GitHub` });
}

/**
 * Jobs of GitHub whose tokens have these claims. The claims besides `aud` and `sub` are condition keys since January 2026
 * (AWS, "STS supports validation of select identity provider specific claims").
 */
function principalOf(
  provider: iam.IOIDCProviderRef,
  repository: string,
  { subject, workflow, ref }: Claims,
): iam.OpenIdConnectPrincipal {
  const claim = (name: string) => `${ISSUER}:${name}`;
  const [, repositoryId] = /@(\d+)$/.exec(repository) ?? [];
  const file = `${repository.replaceAll(/@\d+/g, '')}/.github/workflows/${workflow}`;
  const ofRef = { [claim('ref')]: ref, [claim('job_workflow_ref')]: `${file}@${ref}` };
  const isPattern = ref.includes('*');
  return new iam.OpenIdConnectPrincipal(provider, {
    StringEquals: {
      [claim('aud')]: AUDIENCE,
      [claim('sub')]: `repo:${repository}:${subject}`,
      ...(repositoryId !== undefined && { [claim('repository_id')]: repositoryId }),
      ...(isPattern ? {} : ofRef),
    },
    ...(isPattern && { StringLike: ofRef }),
  });
}

interface DeployRoleProps {
  readonly assumedBy: iam.IPrincipal;
  /** ARNs of the roles that it may assume. */
  readonly roles: readonly string[];
  readonly store: ReleaseStore;
}

function createDeployRole(stack: Stack, stage: string, { assumedBy, roles, store }: DeployRoleProps) {
  const role = new iam.Role(stack, `Deploy-${stage}`, {
    roleName: `tandem-deploy-${stage}`,
    description: `Deploys ${stage}, for jobs of the GitHub environment ${stage} only`,
    assumedBy,
    maxSessionDuration: MAX_DEPLOYMENT_DURATION,
  });
  role.addToPolicy(new iam.PolicyStatement({ actions: ['sts:AssumeRole'], resources: [...roles] }));
  store.grantKeep(role, stage);
  return role;
}

function createDiffRole(stack: Stack, assumedBy: iam.IPrincipal): iam.Role {
  const diff = new iam.Role(stack, 'Diff', {
    roleName: 'tandem-diff',
    description: 'Compares the stacks of a pull request with the deployed ones',
    assumedBy,
  });
  // Not the lookup role, which can read every table and bucket: any branch may change the workflow that assumes this one.
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
  return diff;
}

function bootstrapRoleArn(
  stack: Stack,
  { qualifier, role, region }: Readonly<Record<'qualifier' | 'role' | 'region', string>>,
): string {
  const resourceName = `cdk-${qualifier}-${role}-role-${stack.account}-${region}`;
  return stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName });
}
