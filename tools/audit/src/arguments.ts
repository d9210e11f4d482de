import { integer, readArguments, usageError } from '@tandem/cli/command';
import { systemUrl } from '@tandem/cli/target';

/** Deployment that is audited. */
export type AuditTarget =
  | { readonly kind: 'local'; readonly url: string }
  | {
      readonly kind: 'aws';
      readonly region: string | undefined;
      readonly prefix: string;
      readonly segments: number;
    };

/** Parsed command line of `npm run audit`. */
export interface AuditArguments {
  readonly target: AuditTarget;
  readonly isRepair: boolean;
  /** Events per second. */
  readonly rate: number;
  readonly settleMs: number;
  readonly isRestart: boolean;
  readonly isJson: boolean;
}

const help = `Checks that no unit of stock is lost or counted twice: units on hand equal units stocked minus units sold, units held
equal those in open carts, Product has received the requests of each open cart, and the sale of each order was applied.

  npm run audit [-- --repair [--rate N] [--restart]] [--settle SECONDS] [--json]

  --repair          publish the missing events, and check again; safe to repeat at any time
  --rate N          events per second (default: 50; at most 500)
  --restart         start from the beginning; by default an interrupted repair continues where it stopped
  --settle SECONDS  report a difference only if it is the same after this time (default: 5)
  --json            print a line of JSON for each difference and one for the summary
  --url URL         gateway of a local system (default: http://127.0.0.1:8080, or the port in PORT)
  --aws             a deployment on AWS, with the credentials that the AWS SDK finds
  --region R        AWS region (default: AWS_REGION)
  --prefix P        name prefix of the deployment, such as staging-
  --segments N      parallel segments of a table scan, with --aws (default: 4; at most 64)

Scans both tables: on AWS about one read unit for each 4 KB, and half of one for each line of a cart. Runs while shops sell.
Messages in a paused queue or in a dead-letter queue show as differences: redrive them first (npm run dlq).
A repair first releases units that no cart has, then repeats sales, then requests. Consumers order these events by version,
so late events and duplicates are safe.

On AWS an operator needs dynamodb:Scan, dynamodb:GetItem and dynamodb:BatchGetItem on both tables; for --repair
sns:Publish on cart-events-topic, sqs:GetQueueUrl and sqs:GetQueueAttributes on cart-relay-parking-queue, to find the
account; and with a customer-managed KMS key, kms:Decrypt and kms:GenerateDataKey on it.

Exit code: 0 no difference, or all repaired; 1 differences remain; 2 usage error or unreachable; 130 interrupted.
`;

/** Parses the command line. Throws a usage error where it is invalid. */
export function readAuditArguments(environmentPort: string | undefined): AuditArguments {
  const { values } = readArguments({
    help,
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
    },
  });
  const { repair, rate, restart, settle, aws, region, prefix, segments, url } = values;
  if (!repair && (rate !== undefined || restart)) throw usageError('--rate and --restart need --repair');
  if (!aws && [region, prefix, segments].some((value) => value !== undefined))
    throw usageError('--region, --prefix and --segments need --aws');
  if (aws && url !== undefined) throw usageError('--url and --aws exclude each other: use one of them');
  return {
    target: aws
      ? { kind: 'aws', region, prefix: prefix ?? '', segments: integer('--segments', segments ?? '4', 1, 64) }
      : { kind: 'local', url: systemUrl(url, environmentPort) },
    isRepair: repair,
    rate: integer('--rate', rate ?? '50', 1, 500),
    settleMs: integer('--settle', settle, 0, 3_600) * 1_000,
    isRestart: restart,
    isJson: values.json,
  };
}
