import { CfnOutput, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { serviceNames, topology } from '@tandem/contracts/topology';
import { acknowledge } from './acknowledge.ts';

/** Prefix of the repositories, one for each service that runs as tasks. */
export const REPOSITORY_PREFIX = 'tandem';
/** Releases that a stage may be behind the newest before its image could be deleted. */
const MAX_IMAGES = 500;
/** How long a last good version is kept after another has replaced it. */
const REPLACED_DAYS = 90;

/** Of Amazon ECR's "IAM permissions for pushing an image", and the one that finds an image that was pushed before. */
const PUSH_ACTIONS = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:CompleteLayerUpload',
  'ecr:DescribeImages',
  'ecr:InitiateLayerUpload',
  'ecr:PutImage',
  'ecr:UploadLayerPart',
];

/** Where releases are kept: images by their digest, and the last version of each stage that passed its smoke test. */
export interface ReleaseStore {
  /** Lets a role push images. */
  grantPublish(role: iam.Role): void;
  /** Lets a role read and replace the last good version of one stage. */
  grantKeep(role: iam.Role, stage: string): void;
}

/**
 * Creates the repositories, whose tags cannot be moved and which scan what is pushed, and the bucket. Both are retained, as running
 * tasks need them. `pullers`: other accounts that may pull.
 */
export function createReleaseStore(stack: Stack, pullers: readonly string[]): ReleaseStore {
  const services = serviceNames.filter((service) => topology.services[service].runsAs === 'task');
  const repositories = services.map((service) => createRepository(stack, service, pullers));
  const bucket = createBucket(stack);
  new CfnOutput(stack, 'ImageRegistry', {
    value: `${stack.account}.dkr.ecr.${stack.region}.${stack.urlSuffix}/${REPOSITORY_PREFIX}`,
    description:
      'The variable IMAGE_REGISTRY of the repository at GitHub, from one account if there are several',
  });
  new CfnOutput(stack, 'ReleasesBucket', {
    value: bucket.bucketName,
    description: 'The variable RELEASES of each environment at GitHub whose stage is in this account',
  });
  return {
    grantPublish: (role) => {
      const resources = repositories.map(({ repositoryArn }) => repositoryArn);
      role.addToPolicy(new iam.PolicyStatement({ actions: PUSH_ACTIONS, resources }));
      ecr.AuthorizationToken.grantRead(role);
      acknowledge(role, {
        'AwsSolutions-IAM5[Resource::*]':
          'ecr:GetAuthorizationToken is granted for no resource in particular',
      });
    },
    grantKeep: (role, stage) => {
      role.addToPolicy(
        new iam.PolicyStatement({
          actions: ['s3:GetObject', 's3:PutObject'],
          resources: [bucket.arnForObjects(`${stage}/release.tar.gz`)],
        }),
      );
      // Without it, an object that is missing cannot be told from one that is refused.
      role.addToPolicy(
        new iam.PolicyStatement({
          actions: ['s3:ListBucket'],
          resources: [bucket.bucketArn],
          conditions: { StringEquals: { 's3:prefix': `${stage}/release.tar.gz` } },
        }),
      );
    },
  };
}

function createRepository(stack: Stack, service: string, pullers: readonly string[]): ecr.Repository {
  const repository = new ecr.Repository(stack, `Images-${service}`, {
    repositoryName: `${REPOSITORY_PREFIX}/${service}`,
    imageTagMutability: ecr.TagMutability.IMMUTABLE,
    imageScanOnPush: true,
    lifecycleRules: [{ maxImageCount: MAX_IMAGES }],
    removalPolicy: RemovalPolicy.RETAIN,
  });
  for (const account of pullers) repository.grantPull(new iam.AccountPrincipal(account));
  return repository;
}

function createBucket(stack: Stack): s3.Bucket {
  const bucket = new s3.Bucket(stack, 'Releases', {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    encryption: s3.BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    versioned: true,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: [
      {
        noncurrentVersionExpiration: Duration.days(REPLACED_DAYS),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      },
    ],
  });
  acknowledge(bucket, {
    'AwsSolutions-S1':
      'it holds what is deployed, without secrets: access logs of its reads are not worth their cost',
  });
  return bucket;
}
