import { join } from 'node:path';
import { fromCaller, integer, readArguments, usageError } from '@tandem/cli/command';
import { awsDeployment, awsOptions, httpUrl } from '@tandem/cli/target';
import { findQueue } from './queues.ts';

/** The parsed command line of `npm run dlq`, for one of its commands. */
export type DlqArguments<C> = Extract<ReturnType<typeof readDlqArguments>, { readonly command: C }>;

const help = `Lists dead letters, and redrives them once the cause of the failure is fixed, or discards them.

  npm run dlq -- list [--json]
  npm run dlq -- groups QUEUE [SELECTION]
  npm run dlq -- show QUEUE [SELECTION] [--limit N] [--raw]
  npm run dlq -- redrive QUEUE [SELECTION] [--rate N] [--dry-run] [--force] [--log FILE]
  npm run dlq -- edit QUEUE --only ID --body FILE [--dry-run] [--force] [--log FILE]
  npm run dlq -- discard QUEUE SELECTION|--all --reason TEXT [--dry-run] [--log FILE]

  QUEUE           a dead-letter or parking queue, or an unambiguous part of its name
  SELECTION       default: all messages of the queue
    --only ID     one message only, by its message id or event id
    --type TYPE   messages of this event type
    --match TEXT  messages with this text in the body, an id or the reason
  --json          print a JSON array instead of a table
  --limit N       number of messages to show (default: 10; at most 100)
  --raw           print the bodies alone, one a line
  --rate N        messages per second (default: 10; at most 500)
  --dry-run       print the messages that would be sent or discarded, and change nothing
  --force         also send messages that their consumer would reject now
  --body FILE     send this body instead; its schema is checked as its consumer checks it
  --reason TEXT   why the messages are discarded, for the log
  --log FILE      redrive log (default: redrives.ndjson in DATA_DIR; with --aws in the current directory), which has the
                  discarded messages in full; its event ids may contain ids of guest carts, which are secrets
  --endpoint URL  SNS and SQS of a local system (default: http://127.0.0.1:4566, or the port in AWS_PORT)
  --aws           a deployment on AWS, with the credentials that the AWS SDK finds
  --region R      AWS region (default: AWS_REGION)
  --prefix P      name prefix of the deployment, such as staging-

Dead letters of a consumer or of an SNS subscription are sent to the consumer's queue, messages parked by a relay to its
topic. A message is deleted after its destination has acknowledged it. If a redrive is interrupted in between, the message
is sent twice; consumers are idempotent, so this is safe. Ctrl-C stops a redrive after the current batch; run it again to
continue. Showing a message makes it invisible for a moment and counts as a receive, which has no effect here. Discarding
deletes messages for good, after they were written to the log.

On AWS an operator needs sqs:GetQueueUrl, sqs:GetQueueAttributes, sqs:ReceiveMessage, sqs:ChangeMessageVisibility and
sqs:DeleteMessage on the dead-letter and parking queues; to redrive, sqs:GetQueueUrl and sqs:SendMessage on the source queues,
sns:Publish on the topics, and with a customer-managed KMS key, kms:Decrypt and kms:GenerateDataKey on it.

Exit code: 0 done, 1 failed or messages remain in the queue, 2 usage error, 130 interrupted.
`;

const options = {
  ...awsOptions,
  json: { type: 'boolean' },
  limit: { type: 'string' },
  rate: { type: 'string' },
  only: { type: 'string' },
  type: { type: 'string' },
  match: { type: 'string' },
  all: { type: 'boolean' },
  raw: { type: 'boolean' },
  body: { type: 'string' },
  reason: { type: 'string' },
  'dry-run': { type: 'boolean' },
  force: { type: 'boolean' },
  log: { type: 'string' },
  endpoint: { type: 'string' },
} as const;

const target = ['endpoint', 'aws', 'region', 'prefix'];
const selection = ['only', 'type', 'match'];
const optionsOf: Readonly<Record<string, readonly string[]>> = {
  list: ['json', ...target],
  groups: [...selection, ...target],
  show: ['limit', 'raw', 'log', ...selection, ...target],
  redrive: ['rate', 'dry-run', 'force', 'log', ...selection, ...target],
  edit: ['only', 'body', 'dry-run', 'force', 'log', ...target],
  discard: ['all', 'reason', 'dry-run', 'log', ...selection, ...target],
};

/** What an option needs that was given without a text. */
const needed = {
  only: 'needs a message id or an event id',
  type: 'needs an event type',
  match: 'needs a text',
  body: 'needs a file',
  reason: 'needs a text',
};

/** Parses the command line. Throws a usage error where it is invalid. */
export function readDlqArguments(env: NodeJS.ProcessEnv) {
  const { AWS_PORT, DATA_DIR } = env;
  const { values, positionals } = readArguments({ help, allowPositionals: true, options });
  const [command = '', name, ...more] = positionals;
  const allowed = optionsOf[command];
  if (!allowed)
    throw usageError('unknown command: use list, show QUEUE or redrive QUEUE; also groups, edit and discard');
  const unknown = Object.keys(values).find((option) => !allowed.includes(option));
  if (unknown !== undefined) throw usageError(`${command} has no option --${unknown}`);

  const aws = awsDeployment(values, 'endpoint');
  /** A local system where `aws` is undefined. */
  const target = { aws, endpoint: httpUrl(values.endpoint ?? `http://127.0.0.1:${AWS_PORT || '4566'}`) };
  if (command === 'list') {
    if (name !== undefined) throw usageError('list takes no queue: it always shows all of them');
    return { command, ...target, isJson: values.json ?? false } as const;
  }
  if (name === undefined || more.length > 0) throw usageError(`${command} needs exactly one queue`);
  const queue = findQueue(name, values.prefix);
  for (const option of ['only', 'type', 'match', 'body', 'reason'] as const)
    if (values[option] === '') throw usageError(`--${option} ${needed[option]}`);
  const { only, type, match: text } = values;
  const log =
    values.log === undefined && !aws
      ? join(DATA_DIR || '.data', 'redrives.ndjson')
      : fromCaller(values.log ?? 'redrives.ndjson', env);
  const common = { ...target, queue, log, selection: { only, type, text } };
  const isDryRun = values['dry-run'] ?? false;
  const isForced = values.force ?? false;
  switch (command) {
    case 'groups':
      return { command, ...common } as const;
    case 'show': {
      const limit = integer('--limit', values.limit ?? '10', 1, 100);
      return { command, ...common, limit, isRaw: values.raw ?? false } as const;
    }
    case 'edit': {
      if (only === undefined || values.body === undefined) throw usageError('edit needs --only and --body');
      const file = fromCaller(values.body, env);
      return { command, ...common, rate: 1, isDryRun, isForced, file } as const;
    }
    case 'discard': {
      if (values.reason === undefined) throw usageError('discard needs --reason, which is recorded');
      const isAll = values.all ?? false;
      if (isAll === [only, type, text].some((criterion) => criterion !== undefined))
        throw usageError('discard needs either --all or a selection: --only, --type or --match');
      return { command, ...common, isDryRun, why: values.reason } as const;
    }
    default: {
      const rate = integer('--rate', values.rate ?? '10', 1, 500);
      return { command: 'redrive', ...common, rate, isDryRun, isForced } as const;
    }
  }
}
