import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DomainError } from '@tandem/chassis/errors';
import { createPublisher } from '@tandem/chassis/messaging/publisher';
import { INTERRUPTED, runCommand, stopSignal } from '@tandem/cli/command';
import { awsTarget, localTarget, type Target } from '@tandem/dlq/target';
import { type AuditArguments, readAuditArguments } from './arguments.ts';
import { audit } from './audit.ts';
import { openAwsTables } from './aws-tables.ts';
import { openLocalSystem } from './local-tables.ts';
import { jsonLine, line, summary } from './print.ts';
import { showAuditProgress } from './progress.ts';
import { openState } from './state.ts';
import type { Tables } from './tables.ts';

const UNREACHABLE = 2;
const CART_EVENTS = 'cart-events-topic';
const STATE_DIRECTORY = join(import.meta.dirname, '../../../.local');

await runCommand(async () => {
  const args = readAuditArguments(process.env['PORT']);
  try {
    await using stack = new AsyncDisposableStack();
    return await run(args, await open(args, stack));
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === 'usage') throw error;
    process.stderr.write(`${error.message.replaceAll(/\s*\n\s*/g, ' ')}\n`);
    return UNREACHABLE;
  }
});

/** Opens the tables, and the messaging clients of the same deployment. */
async function open(
  { target }: AuditArguments,
  stack: AsyncDisposableStack,
): Promise<{ readonly tables: Tables; readonly messaging: Target }> {
  if (target.kind === 'aws')
    return { tables: stack.use(openAwsTables(target)), messaging: stack.use(awsTarget(target)) };
  const { tables, endpoint } = await openLocalSystem(target.url);
  return { tables, messaging: stack.use(localTarget(endpoint)) };
}

async function run(
  { isRepair, rate, settleMs, isRestart, isJson }: AuditArguments,
  { tables, messaging }: Awaited<ReturnType<typeof open>>,
): Promise<number> {
  // A scan position is only valid with the same number of segments.
  const id = `${tables.id}/${tables.segments}`;
  const name = createHash('sha256').update(id).digest('hex').slice(0, 16);
  const state = openState(join(STATE_DIRECTORY, `audit-${name}.json`), id);
  if (isRestart) await state.remove();
  const publish = isRepair
    ? createPublisher(messaging.sns, await messaging.topicArn(CART_EVENTS))
    : undefined;
  const progress = showAuditProgress(process.stderr);
  const signal = stopSignal('finishing the current page');
  const start = performance.now();
  const report = await audit({
    tables: { ...tables, id },
    settleMs,
    now: () => Date.now(),
    ...(publish && { repair: { publish, rate, state } }),
    onDifference(difference, outcome) {
      progress.stop();
      process.stdout.write(isJson ? jsonLine(difference, outcome) : line(difference, outcome));
    },
    onProgress: ({ phase, items }) => progress.update(phase, items),
    onResume: (startedAt) =>
      process.stderr.write(
        `continuing the repair started at ${startedAt}; use --restart to start from the beginning\n`,
      ),
    signal,
  }).finally(progress.stop);

  const milliseconds = Math.round(performance.now() - start);
  if (isJson) process.stdout.write(`${JSON.stringify({ ok: report.left === 0, ...report, milliseconds })}\n`);
  else process.stdout.write(summary(report, milliseconds, isRepair));
  if (report.isInterrupted) return INTERRUPTED;
  return report.left === 0 ? 0 : 1;
}
