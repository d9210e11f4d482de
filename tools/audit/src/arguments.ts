import { readArguments, usageError } from '@tandem/cli/command';
import { systemUrl } from '@tandem/cli/target';

/** Where the system is. */
export type AuditedPlace =
  | { readonly kind: 'local'; readonly url: string }
  | {
      readonly kind: 'aws';
      readonly region: string | undefined;
      readonly prefix: string;
      readonly segments: number;
    };

/** What the command line of `npm run audit` asks for. */
export interface AuditArguments {
  readonly place: AuditedPlace;
  readonly isRepair: boolean;
  /** Events a second. */
  readonly rate: number;
  readonly settleMs: number;
  readonly isRestart: boolean;
  readonly isJson: boolean;
}

export const help = `Checks that stock is neither lost nor counted twice: that units on hand are those that came less those sold, that units
held are those of open carts, that each open cart's requests reached Product, and that each order was sold.

  npm run audit [-- --repair [--rate N] [--restart]] [--settle SECONDS] [--json]

  --repair          publishes the events that are missing, and checks again; safe to repeat at any time
  --rate N          events a second (default: 50; at most 500)
  --restart         begins anew; by default an interrupted repair goes on where it was
  --settle SECONDS  a difference counts if it is the same so much later (default: 5)
  --json            a line of JSON for each difference and one for the whole
  --url URL         the gateway of a local system (default: http://127.0.0.1:8080, or the port in PORT)
  --aws             a deployment on AWS, with the SDK's own credentials
  --region R        its region (AWS_REGION)
  --prefix P        what its names begin with, as staging-
  --segments N      parts of a table that are read at the same time, on AWS (default: 4; at most 64)

Reads both tables whole: on AWS about a read unit for each 4 KB, and a half for each line of a cart. Runs while shops sell.
Messages that wait, in a queue that is paused or among dead letters, show as differences: redrive them first
(npm run dlq). A repair releases what no cart has, then repeats sales, then requests; consumers order all of it by
versions, so that what arrives late or twice changes nothing.

On AWS an operator needs dynamodb:Scan, dynamodb:GetItem and dynamodb:BatchGetItem on both tables; for --repair
sns:Publish on cart-events-topic, sqs:GetQueueUrl and sqs:GetQueueAttributes on cart-relay-parking-queue, which tells the
account; and with a key of your own, kms:Decrypt and kms:GenerateDataKey on it.

Exit code: 0 no difference, or all repaired; 1 differences (are left); 2 wrong usage or unreachable; 130 interrupted.
`;

/** Reads the command line; undefined when it asks for help. Throws a usage error for what cannot be meant. */
export function readAuditArguments(environmentPort: string | undefined): AuditArguments | undefined {
  const { values } = readArguments({
    options: {
      repair: { type: 'boolean', default: false },
      rate: { type: 'string' },
      restart: { type: 'boolean', default: false },
      settle: { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
      url: { type: 'string' },
      aws: { type: 'boolean', default: false },
      region: { type: 'string' },
      prefix: { type: 'string' },
      segments: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  const { repair, rate, restart, settle, aws, region, prefix, segments, url } = values;
  if (!repair && (rate !== undefined || restart)) throw usageError('--rate and --restart need --repair');
  if (!aws && [region, prefix, segments].some((value) => value !== undefined))
    throw usageError('--region, --prefix and --segments need --aws');
  if (aws && url !== undefined) throw usageError('give --url or --aws');
  return {
    place: aws
      ? { kind: 'aws', region, prefix: prefix ?? '', segments: integer('--segments', segments ?? '4', 1, 64) }
      : { kind: 'local', url: systemUrl(url, environmentPort) },
    isRepair: repair,
    rate: integer('--rate', rate ?? '50', 1, 500),
    settleMs: integer('--settle', settle, 0, 3_600) * 1_000,
    isRestart: restart,
    isJson: values.json,
  };
}

function integer(option: string, text: string, least: number, most: number): number {
  const number = /^\d{1,6}$/.test(text) ? Number(text) : -1;
  if (number < least || number > most)
    throw usageError(`${option} "${text}" is no integer from ${least} to ${most}`);
  return number;
}
