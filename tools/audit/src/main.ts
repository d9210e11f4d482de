import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DomainError } from '@tandem/chassis/errors';
import { createPublisher } from '@tandem/chassis/messaging/publisher';
import { runCommand } from '@tandem/cli/command';
import { awsPlace, localPlace, type Place } from '@tandem/dlq/place';
import { type AuditArguments, help, readAuditArguments } from './arguments.ts';
import { audit } from './audit.ts';
import { openAwsTables } from './aws-tables.ts';
import { openLocalSystem } from './local-tables.ts';
import { jsonLine, line, summary } from './print.ts';
import { showAuditProgress } from './progress.ts';
import { openState } from './state.ts';
import type { Tables } from './tables.ts';

const INTERRUPTED = 130;
const UNREACHABLE = 2;
const CART_EVENTS = 'cart-events-topic';
const STATE_DIRECTORY = join(import.meta.dirname, '../../../.local');

await runCommand(async () => {
  const asked = readAuditArguments(process.env['PORT']);
  if (!asked) {
    process.stdout.write(help);
    return 0;
  }
  try {
    await using stack = new AsyncDisposableStack();
    return await run(asked, await open(asked, stack));
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === 'usage') throw error;
    process.stderr.write(`${error.message.replaceAll(/\s*\n\s*/g, ' ')}\n`);
    return UNREACHABLE;
  }
});

/** The tables, and where events are published. */
async function open(
  { place }: AuditArguments,
  stack: AsyncDisposableStack,
): Promise<{ readonly tables: Tables; readonly messaging: Place }> {
  if (place.kind === 'aws')
    return { tables: stack.use(openAwsTables(place)), messaging: stack.use(awsPlace(place)) };
  const { tables, endpoint } = await openLocalSystem(place.url);
  return { tables, messaging: stack.use(localPlace(endpoint)) };
}

async function run(
  { isRepair, rate, settleMs, isRestart, isJson }: AuditArguments,
  { tables, messaging }: Awaited<ReturnType<typeof open>>,
): Promise<number> {
  // A position in a table that is read in other parts means nothing.
  const id = `${tables.id}/${tables.segments}`;
  const name = createHash('sha256').update(id).digest('hex').slice(0, 16);
  const state = openState(join(STATE_DIRECTORY, `audit-${name}.json`), id);
  if (isRestart) await state.remove();
  const publish = isRepair
    ? createPublisher(messaging.sns, await messaging.topicArn(CART_EVENTS))
    : undefined;
  const progress = showAuditProgress(process.stderr);
  const signal = stopSignal();
  const start = performance.now();
  const report = await audit({
    tables: { ...tables, id },
    settleMs,
    now: () => Date.now(),
    ...(publish && { repair: { publish, rate, state } }),
    onDifference(difference, fate) {
      progress.stop();
      process.stdout.write(isJson ? jsonLine(difference, fate) : line(difference, fate));
    },
    onProgress: ({ phase, items }) => progress.update(phase, items),
    onResume: (startedAt) =>
      process.stderr.write(`going on with the repair of ${startedAt}; --restart begins anew\n`),
    signal,
  }).finally(progress.stop);

  const milliseconds = Math.round(performance.now() - start);
  if (isJson) process.stdout.write(`${JSON.stringify({ ok: report.left === 0, ...report, milliseconds })}\n`);
  else process.stdout.write(summary(report, milliseconds, isRepair));
  if (report.isInterrupted) return INTERRUPTED;
  return report.left === 0 ? 0 : 1;
}

/** Aborts at the first Ctrl-C or SIGTERM; npm and the terminal may both send it, so further ones change nothing. */
function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (!stopping.signal.aborted) process.stderr.write(`${name}: finishing the page in hand\n`);
      stopping.abort();
    });
  }
  return stopping.signal;
}
