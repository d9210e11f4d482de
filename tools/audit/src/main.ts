import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DomainError } from '@tandem/chassis/errors';
import { createPublisher } from '@tandem/chassis/messaging/publisher';
import { INTERRUPTED, integer, readArguments, runCommand, stopSignal, usageError } from '@tandem/cli/command';
import { print, printLine } from '@tandem/cli/printable';
import { showCount } from '@tandem/cli/progress';
import { awsDeployment, awsOptions, systemUrl } from '@tandem/cli/target';
import { awsTarget, localTarget } from '@tandem/dlq/target';
import { audit } from './audit.ts';
import { openAwsTables } from './aws-tables.ts';
import { openLocalSystem } from './local-tables.ts';
import { jsonLine, line, summary } from './print.ts';
import { openState } from './state.ts';

const UNREACHABLE = 2;
const CART_EVENTS = 'cart-events-topic';
const STATE_DIRECTORY = join(import.meta.dirname, '../../../.local');

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

await runCommand(async () => {
  const args = argumentsOf(process.env['PORT']);
  try {
    return await run(args);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === 'usage') throw error;
    printLine(error.message.replaceAll(/\s*\n\s*/g, ' '), process.stderr);
    return UNREACHABLE;
  }
});

/** Parses the command line. Throws a usage error where it is invalid. */
function argumentsOf(environmentPort: string | undefined) {
  const { values } = readArguments({
    help,
    options: {
      ...awsOptions,
      repair: { type: 'boolean', default: false },
      rate: { type: 'string' },
      restart: { type: 'boolean', default: false },
      settle: { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
      url: { type: 'string' },
      segments: { type: 'string' },
    },
  });
  const { repair, rate, restart, settle, json, segments, url } = values;
  if (!repair && (rate !== undefined || restart)) throw usageError('--rate and --restart need --repair');
  const deployment = awsDeployment(values, 'url');
  if (!deployment && segments !== undefined) throw usageError('--segments needs --aws');
  return {
    aws: deployment && { ...deployment, segments: integer('--segments', segments ?? '4', 1, 64) },
    url: systemUrl(url, environmentPort),
    isRepair: repair,
    rate: integer('--rate', rate ?? '50', 1, 500),
    settleMs: integer('--settle', settle, 0, 3_600) * 1_000,
    isRestart: restart,
    isJson: json,
  };
}

async function run(args: ReturnType<typeof argumentsOf>): Promise<number> {
  const { aws, url, isRepair, rate, settleMs, isRestart, isJson } = args;
  using stack = new DisposableStack();
  const { tables, endpoint } = aws
    ? { tables: stack.use(openAwsTables(aws)), endpoint: '' }
    : await openLocalSystem(url);
  const messaging = stack.use(aws ? awsTarget(aws) : localTarget(endpoint));
  // A scan position is only valid with the same number of segments.
  const id = `${tables.id}/${tables.segments}`;
  const name = createHash('sha256').update(id).digest('hex').slice(0, 16);
  const state = openState(join(STATE_DIRECTORY, `audit-${name}.json`), id);
  if (isRestart) await state.remove();
  const publish = isRepair && createPublisher(messaging.sns, await messaging.topicArn(CART_EVENTS));
  const progress = showCount(process.stderr);
  const start = performance.now();
  const report = await audit({
    tables: { ...tables, id },
    settleMs,
    now: () => Date.now(),
    ...(publish && { repair: { publish, rate, state } }),
    onDifference(difference, outcome) {
      progress.stop();
      print(isJson ? jsonLine(difference, outcome) : line(difference, outcome));
    },
    onProgress: ({ phase, items }) => progress.update(`reading ${phase}`, items),
    onResume: (startedAt) =>
      printLine(
        `continuing the repair started at ${startedAt}; use --restart to start from the beginning`,
        process.stderr,
      ),
    signal: stopSignal('finishing the current page'),
  }).finally(() => progress.stop());

  const milliseconds = Math.round(performance.now() - start);
  if (isJson) printLine(JSON.stringify({ ok: report.left === 0, ...report, milliseconds }));
  else print(summary(report, milliseconds, isRepair));
  if (report.isInterrupted) return INTERRUPTED;
  return report.left === 0 ? 0 : 1;
}
