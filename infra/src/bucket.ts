import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

export interface KeptBucketProps {
  readonly expireAfterDays: number;
  /** Those below a prefix that go sooner: of two rules, S3 keeps to the shorter. */
  readonly sooner?: { readonly prefix: string; readonly expireAfterDays: number };
}

/** A private bucket that outlives its stack. Objects go after some days. */
export function keptBucket(
  scope: Construct,
  id: string,
  { expireAfterDays, sooner }: KeptBucketProps,
): s3.Bucket {
  const bucket = new s3.Bucket(scope, id, {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    // Load balancers and flow logs write with S3's own keys only.
    encryption: s3.BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    lifecycleRules: [
      {
        expiration: Duration.days(expireAfterDays),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      },
      ...(sooner ? [{ prefix: `${sooner.prefix}/`, expiration: Duration.days(sooner.expireAfterDays) }] : []),
    ],
  });
  acknowledge(bucket, {
    'AwsSolutions-S1':
      'it holds logs and failed batches that operators read by hand: logs of those reads would cost more than they tell',
  });
  return bucket;
}
