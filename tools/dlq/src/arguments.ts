import { join } from 'node:path';
import { integer, readArguments, usageError } from '@tandem/cli/command';
import { httpUrl } from '@tandem/cli/target';
import { findQueue, type Dlq } from './queues.ts';

/** The deployment that the command works on. */
export type TargetArguments =
  | { readonly kind: 'local'; readonly endpoint: string }
  | { readonly kind: 'aws'; readonly region: string | undefined; readonly prefix: string };

/** The parsed command line of `npm run dlq`. */
export type DlqArguments = { readonly target: TargetArguments } & (
  | { readonly command: 'list'; readonly isJson: boolean }
  | { readonly command: 'show'; readonly queue: Dlq; readonly limit: number }
  | {
      readonly command: 'redrive';
      readonly queue: Dlq;
      readonly rate: number;
      readonly only: string | undefined;
      readonly isDryRun: boolean;
      readonly isForced: boolean;
      readonly log: string;
    }
);

const help = `Lists dead letters, and redrives them once the cause of the failure is fixed.

  npm run dlq -- list [--json]
  npm run dlq -- show QUEUE [--limit N]
  npm run dlq -- redrive QUEUE [--rate N] [--only ID] [--dry-run] [--force] [--log FILE]

  QUEUE           a dead-letter or parking queue, or an unambiguous part of its name
  --json          print a JSON array instead of a table
  --limit N       number of messages to show (default: 10; at most 100)
  --rate N        messages per second (default: 10; at most 500)
  --only ID       redrive one message only, by its message id or event id
  --dry-run       print the messages that would be sent, and change nothing
  --force         also send messages that their consumer would reject now
  --log FILE      redrive log (default: redrives.ndjson in DATA_DIR; with --aws in the current directory); its event ids
                  may contain ids of guest carts, which are secrets
  --endpoint URL  SNS and SQS of a local system (default: http://127.0.0.1:4566, or the port in AWS_PORT)
  --aws           a deployment on AWS, with the credentials that the AWS SDK finds
  --region R      AWS region (default: AWS_REGION)
  --prefix P      name prefix of the deployment, such as staging-

Dead letters of a consumer or of an SNS subscription are sent to the consumer's queue, messages parked by a relay to its
topic. A message is deleted after its destination has acknowledged it. If a redrive is interrupted in between, the message
is sent twice; consumers are idempotent, so this is safe. Ctrl-C stops a redrive after the current batch; run it again to
continue. Showing a message makes it invisible for a moment and counts as a receive, which has no effect here.

On AWS an operator needs sqs:GetQueueUrl, sqs:GetQueueAttributes, sqs:ReceiveMessage, sqs:ChangeMessageVisibility and
sqs:DeleteMessage on the dead-letter and parking queues; sqs:GetQueueUrl and sqs:SendMessage on the source queues;
sns:Publish on the topics; and with a customer-managed KMS key, kms:Decrypt and kms:GenerateDataKey on it.

Exit code: 0 done, 1 failed or messages remain in the queue, 2 usage error, 130 interrupted.
`;

/** The environment variables that the command reads. */
export interface Environment {
  readonly AWS_PORT?: string | undefined;
  readonly DATA_DIR?: string | undefined;
}

const options = {
  json: { type: 'boolean' },
  limit: { type: 'string' },
  rate: { type: 'string' },
  only: { type: 'string' },
  'dry-run': { type: 'boolean' },
  force: { type: 'boolean' },
  log: { type: 'string' },
  endpoint: { type: 'string' },
  aws: { type: 'boolean' },
  region: { type: 'string' },
  prefix: { type: 'string' },
} as const;

const common = ['endpoint', 'aws', 'region', 'prefix'];
const optionsOf: Readonly<Record<string, readonly string[]>> = {
  list: ['json', ...common],
  show: ['limit', ...common],
  redrive: ['rate', 'only', 'dry-run', 'force', 'log', ...common],
};

/** Parses the command line. Throws a usage error where it is invalid. */
export function readDlqArguments(environment: Environment): DlqArguments {
  const { values, positionals } = readArguments({ help, allowPositionals: true, options });
  const [command = '', name, ...more] = positionals;
  const allowed = optionsOf[command];
  if (!allowed) throw usageError('unknown command: use list, show QUEUE or redrive QUEUE');
  const unknown = Object.keys(values).find((option) => !allowed.includes(option));
  if (unknown !== undefined) throw usageError(`${command} has no option --${unknown}`);

  const target = targetOf(values, environment);
  if (command === 'list') {
    if (name !== undefined) throw usageError('list takes no queue: it always shows all of them');
    return { command, target, isJson: values.json ?? false };
  }
  if (name === undefined || more.length > 0) throw usageError(`${command} needs exactly one queue`);
  const queue = findQueue(name, values.prefix);
  if (command === 'show')
    return { command, target, queue, limit: integer('--limit', values.limit ?? '10', 1, 100) };
  if (values.only === '') throw usageError('--only needs a message id or an event id');
  const directory = target.kind === 'local' ? environment.DATA_DIR || '.data' : '.';
  return {
    command: 'redrive',
    target,
    queue,
    rate: integer('--rate', values.rate ?? '10', 1, 500),
    only: values.only,
    isDryRun: values['dry-run'] ?? false,
    isForced: values.force ?? false,
    log: values.log ?? join(directory, 'redrives.ndjson'),
  };
}

function targetOf(
  {
    aws,
    region,
    prefix,
    endpoint,
  }: Partial<Record<'region' | 'prefix' | 'endpoint', string>> & { aws?: boolean },
  { AWS_PORT }: Environment,
): TargetArguments {
  if (aws) {
    if (endpoint !== undefined) throw usageError('--endpoint and --aws exclude each other: use one of them');
    return { kind: 'aws', region, prefix: prefix ?? '' };
  }
  if (region !== undefined || prefix !== undefined) throw usageError('--region and --prefix need --aws');
  return { kind: 'local', endpoint: httpUrl(endpoint ?? `http://127.0.0.1:${AWS_PORT || '4566'}`) };
}
