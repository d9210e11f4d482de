import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

export interface RetainedBucketProps {
  readonly expireAfterDays: number;
  /** Shorter expiry of objects below a prefix; S3 applies the shorter of two rules. */
  readonly earlierExpiry?: { readonly prefix: string; readonly expireAfterDays: number };
  /** Customer managed key; default: a key of S3, as access logs and flow logs require. */
  readonly key?: kms.IKey | undefined;
  /** Lets CloudFront write its logs, which it does by access control lists. Default: false. */
  readonly isForDistributionLogs?: boolean;
  /** Keeps what is overwritten as long as what is not. Default: false. */
  readonly isVersioned?: boolean;
}

/** Creates a private bucket that is retained when its stack is deleted, and whose objects expire. */
export function createRetainedBucket(
  scope: Construct,
  id: string,
  {
    expireAfterDays,
    earlierExpiry,
    key,
    isVersioned = false,
    isForDistributionLogs = false,
  }: RetainedBucketProps,
): s3.Bucket {
  const bucket = new s3.Bucket(scope, id, {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: isForDistributionLogs
      ? s3.ObjectOwnership.BUCKET_OWNER_PREFERRED
      : s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    ...(key
      ? { encryption: s3.BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true }
      : { encryption: s3.BucketEncryption.S3_MANAGED }),
    versioned: isVersioned,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    lifecycleRules: [
      {
        expiration: Duration.days(expireAfterDays),
        ...(isVersioned && { noncurrentVersionExpiration: Duration.days(expireAfterDays) }),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      },
      ...(earlierExpiry
        ? [{ prefix: `${earlierExpiry.prefix}/`, expiration: Duration.days(earlierExpiry.expireAfterDays) }]
        : []),
    ],
  });
  acknowledge(bucket, {
    'AwsSolutions-S1':
      'it holds logs and failed batches that operators read by hand: access logs of these reads are not worth their cost',
  });
  return bucket;
}
