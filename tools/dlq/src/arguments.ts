import { join } from 'node:path';
import { readArguments, usageError } from '@tandem/cli/command';
import { findQueue, type KeepingQueue } from './queues.ts';

/** Where the deployment is. */
export type Where =
  | { readonly kind: 'local'; readonly endpoint: string }
  | { readonly kind: 'aws'; readonly region: string | undefined; readonly prefix: string };

/** What the command line of `npm run dlq` asks for. */
export type DlqArguments = { readonly where: Where } & (
  | { readonly command: 'list'; readonly isJson: boolean }
  | { readonly command: 'show'; readonly queue: KeepingQueue; readonly limit: number }
  | {
      readonly command: 'redrive';
      readonly queue: KeepingQueue;
      readonly rate: number;
      readonly only: string | undefined;
      readonly isDryRun: boolean;
      readonly isForced: boolean;
      readonly log: string;
    }
);

export const help = `Shows the messages that went wrong, and sends them again once what stopped them is mended.

  npm run dlq -- list [--json]
  npm run dlq -- show QUEUE [--limit N]
  npm run dlq -- redrive QUEUE [--rate N] [--only ID] [--dry-run] [--force] [--log FILE]

  QUEUE           a dead-letter or parking queue, or a part of its name that no other has
  --json          an array of JSON instead of a table
  --limit N       how many messages to show (10; at most 100)
  --rate N        messages a second (10; at most 500)
  --only ID       one message, by its id or by its event's
  --dry-run       says what would be sent, and changes nothing
  --force         sends also what its consumer would not accept now
  --log FILE      where it is recorded what was sent (redrives.ndjson in DATA_DIR; on AWS in this folder); the ids of events
                  in it may hold ids of carts, which are secrets
  --endpoint URL  of SNS and SQS of a local system (http://127.0.0.1:4566, or the port in AWS_PORT)
  --aws           a deployment on AWS, with the SDK's own credentials
  --region R      its region (AWS_REGION)
  --prefix P      what its names begin with, as staging-

What was given up by a consumer or not delivered by SNS goes to its queue, what a relay parked to its topic. A message is
deleted after its destination has acknowledged it: one that is interrupted in between is sent twice, which changes
nothing. Ctrl-C ends a redrive after the batch in hand; running it again goes on. Looking at a message hides it for a
moment, and counts as a receive, which has no effect here.

On AWS an operator needs sqs:GetQueueUrl, sqs:GetQueueAttributes, sqs:ReceiveMessage, sqs:ChangeMessageVisibility and
sqs:DeleteMessage on the queues of dead letters; sqs:GetQueueUrl and sqs:SendMessage on the queues they came from;
sns:Publish on the topics; and with a key of your own, kms:Decrypt and kms:GenerateDataKey on it.

Exit code: 0 done, 1 failed or a message was left behind, 2 wrong usage, 130 interrupted.
`;

/** The variables that matter. */
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
  help: { type: 'boolean', short: 'h' },
} as const;

const common = ['endpoint', 'aws', 'region', 'prefix'];
const optionsOf: Readonly<Record<string, readonly string[]>> = {
  list: ['json', ...common],
  show: ['limit', ...common],
  redrive: ['rate', 'only', 'dry-run', 'force', 'log', ...common],
};

/** Reads the command line; undefined when it asks for help. Throws a usage error for what cannot be meant. */
export function readDlqArguments(environment: Environment): DlqArguments | undefined {
  const { values, positionals } = readArguments({ allowPositionals: true, options });
  if (values.help) return undefined;
  const [command = '', name, ...more] = positionals;
  const allowed = optionsOf[command];
  if (!allowed) throw usageError('say list, show QUEUE or redrive QUEUE');
  const stray = Object.keys(values).find((option) => !allowed.includes(option));
  if (stray !== undefined) throw usageError(`${command} has no option --${stray}`);

  const where = placeOf(values, environment);
  if (command === 'list') {
    if (name !== undefined) throw usageError('list takes no queue: it shows all of them');
    return { command, where, isJson: values.json ?? false };
  }
  if (name === undefined || more.length > 0) throw usageError(`${command} one queue`);
  const queue = findQueue(name, values.prefix);
  if (command === 'show')
    return { command, where, queue, limit: integer('--limit', values.limit ?? '10', 100) };
  if (values.only === '') throw usageError('--only needs an id');
  const directory = where.kind === 'local' ? environment.DATA_DIR || '.data' : '.';
  return {
    command: 'redrive',
    where,
    queue,
    rate: integer('--rate', values.rate ?? '10', 500),
    only: values.only,
    isDryRun: values['dry-run'] ?? false,
    isForced: values.force ?? false,
    log: values.log ?? join(directory, 'redrives.ndjson'),
  };
}

function placeOf(
  {
    aws,
    region,
    prefix,
    endpoint,
  }: Partial<Record<'region' | 'prefix' | 'endpoint', string>> & { aws?: boolean },
  { AWS_PORT }: Environment,
): Where {
  if (aws) {
    if (endpoint !== undefined) throw usageError('give --endpoint or --aws');
    return { kind: 'aws', region, prefix: prefix ?? '' };
  }
  if (region !== undefined || prefix !== undefined) throw usageError('--region and --prefix need --aws');
  const text = endpoint ?? `http://127.0.0.1:${AWS_PORT || '4566'}`;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw usageError(`"${text}" is no http URL`);
  return { kind: 'local', endpoint: url.href.replace(/\/+$/, '') };
}

function integer(option: string, text: string, most: number): number {
  const number = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > most) throw usageError(`${option} "${text}" is no integer from 1 to ${most}`);
  return number;
}
