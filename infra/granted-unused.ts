import {
  type Principal,
  publishers,
  type ServiceName,
  serviceNames,
  topology,
} from '@tandem/contracts/topology';
import { principals } from './src/testing/privileges/owned.ts';

/** Permission that is granted although no recorded call needs it, or wider than needed, with the reason. */
export interface UnusedGrant {
  readonly principal: Principal;
  readonly actions: readonly string[];
  /** Pattern of the granted ARN after the account (for S3: after `arn:aws:s3:::`). */
  readonly resource: RegExp;
  readonly reason: string;
}

const REASON_OF_LOGS = 'Lambda writes the logs of the function to its log group, one stream per instance.';
const REASON_OF_KEY = 'SNS, SQS and DynamoDB use the key on behalf of the caller.';

/** Permissions that are granted beyond `aws-calls.json`. */
export const grantedUnused: readonly UnusedGrant[] = [
  ...publishers.flatMap(unusedGrantsOfRelay),
  ...serviceNames
    .filter((service) => topology.services[service].runsAs === 'function')
    .flatMap(unusedGrantsOfFunctions),
];

/** Additional permissions with a customer managed key (`customerKey`). */
export const grantedForKey: readonly UnusedGrant[] = [...principals].flatMap(unusedGrantsOfKey);

function unusedGrantsOfKey([principal, service]: readonly [Principal, ServiceName]): UnusedGrant[] {
  const { table, queues } = topology.services[service];
  if (!table && queues.length === 0) return [];
  const messages = ['kms:Decrypt', 'kms:GenerateDataKey'];
  const items = ['DescribeKey', 'Encrypt', 'GenerateDataKeyWithoutPlaintext', 'ReEncryptFrom', 'ReEncryptTo'];
  const actions =
    principal === service && table ? [...messages, ...items.map((action) => `kms:${action}`)] : messages;
  return [{ principal, actions, resource: /^key\/[^*/]+$/, reason: REASON_OF_KEY }];
}

/** Permissions of a service that runs as functions, beyond the calls of its code. */
export function unusedGrantsOfFunctions(principal: ServiceName): UnusedGrant[] {
  const { paths, queues } = topology.services[principal];
  const kinds = [...(queues.length > 0 ? ['consumer'] : []), ...(paths.length > 0 ? ['api'] : [])];
  return [
    ...queues.map((queue) => ({
      principal,
      actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
      resource: new RegExp(`^${queue}$`),
      reason:
        "Lambda's pollers receive and delete messages with the role of the function; locally the service does so itself.",
    })),
    ...kinds.map((kind) => ({
      principal,
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resource: new RegExp(`^log-group:/aws/lambda/${principal}-${kind}:\\*$`),
      reason: REASON_OF_LOGS,
    })),
  ];
}

function unusedGrantsOfRelay([service, { table }]: (typeof publishers)[number]): UnusedGrant[] {
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
        "Lambda's poller reads the stream with the role of the function; locally the function receives its records.",
    },
    {
      principal,
      actions: ['s3:PutObject'],
      resource: /^[^*/]+\/aws\/lambda\/\*$/,
      reason: 'Lambda writes failed batches to the failure bucket below this prefix, with generated names.',
    },
    {
      principal,
      actions: ['s3:ListBucket'],
      resource: /^[^*/]+$/,
      reason: 'Lambda checks that the bucket exists before it writes.',
    },
    {
      principal,
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resource: new RegExp(`^log-group:/aws/lambda/${principal}:\\*$`),
      reason: REASON_OF_LOGS,
    },
  ];
}
