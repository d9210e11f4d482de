import { type Principal, type ServiceName, topology } from '@tandem/contracts/topology';

/** Something that is granted although no recorded call needs it, or wider than a call needs it. */
export interface UnusedGrant {
  readonly principal: Principal;
  readonly actions: readonly string[];
  /** The end of the ARN that is granted, behind the account (S3's has none: behind `arn:aws:s3:::`). */
  readonly resource: RegExp;
  readonly reason: string;
}

const principals: readonly Principal[] = ['product', 'cart', 'product-relay', 'cart-relay'];

const REASON_OF_KEY = 'SNS, SQS and DynamoDB use the key in the name of who calls them.';

/** All that is granted beyond `aws-calls.json`, and why. */
export const grantedUnused: readonly UnusedGrant[] = (['product', 'cart'] as const).flatMap(ofRelay);

/** And what is granted beside that where a key of our own encrypts (`customerKey`). */
export const grantedForKey: readonly UnusedGrant[] = principals.map(ofKey);

function ofKey(principal: Principal): UnusedGrant {
  const messages = ['kms:Decrypt', 'kms:GenerateDataKey'];
  const items = ['DescribeKey', 'Encrypt', 'GenerateDataKeyWithoutPlaintext', 'ReEncryptFrom', 'ReEncryptTo'];
  const isRelay = principal.endsWith('-relay');
  const actions = isRelay ? messages : [...messages, ...items.map((action) => `kms:${action}`)];
  return { principal, actions, resource: /^key\/[^*/]+$/, reason: REASON_OF_KEY };
}

function ofRelay(service: ServiceName): UnusedGrant[] {
  const { table } = topology.relays[service];
  const principal = `${service}-relay` as const;
  return [
    {
      principal,
      actions: [
        'dynamodb:DescribeStream',
        'dynamodb:GetRecords',
        'dynamodb:GetShardIterator',
        'dynamodb:ListStreams',
      ],
      resource: new RegExp(`^table/${table}/stream/[^*]+$`),
      reason:
        "Lambda's poller reads the stream in the function's name; locally the function is given its records.",
    },
    {
      principal,
      actions: ['s3:PutObject'],
      resource: /^[^*/]+\/aws\/lambda\/\*$/,
      reason:
        'Lambda writes what it gave up to the bucket for that, below this prefix, and chooses the names.',
    },
    {
      principal,
      actions: ['s3:ListBucket'],
      resource: /^[^*/]+$/,
      reason: 'Lambda asks whether the bucket is there before it writes to it.',
    },
    {
      principal,
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resource: new RegExp(`^log-group:/aws/lambda/${principal}:\\*$`),
      reason: 'Lambda writes what the function logs to its group, a stream an instance.',
    },
  ];
}
