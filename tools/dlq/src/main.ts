import { INTERRUPTED, runCommand, stopSignal } from '@tandem/cli/command';
import { showProgress } from '@tandem/cli/progress';
import { type DlqArguments, readDlqArguments } from './arguments.ts';
import { awsTarget, localTarget } from './target.ts';
import { json, deadLetterText, summary, table } from './print.ts';
import { openRecords, userName } from './record.ts';
import { createWorkbench, type Workbench } from './workbench.ts';

const RELEASING = 'making the shown messages visible again';
/** Maximum number of messages that are printed one by one. */
const MAX_PRINTED = 20;

await runCommand(async () => {
  const args = readDlqArguments({ AWS_PORT: process.env['AWS_PORT'], DATA_DIR: process.env['DATA_DIR'] });
  using target = args.target.kind === 'aws' ? awsTarget(args.target) : localTarget(args.target.endpoint);
  await using records = openRecords(args.command === 'redrive' ? args.log : '');
  const workbench = createWorkbench({ ...target, saveRecord: records.saveRecord, who: userName() });
  switch (args.command) {
    case 'list': {
      const signal = stopSignal(RELEASING);
      const states = await workbench.list({ signal });
      if (signal.aborted) return INTERRUPTED;
      process.stdout.write(args.isJson ? json(states) : table(states, new Date()));
      return 0;
    }
    case 'show':
      return show(workbench, args);
    default:
      return redrive(workbench, args);
  }
});

async function show(
  workbench: Workbench,
  { queue, limit }: DlqArguments & { command: 'show' },
): Promise<number> {
  const signal = stopSignal(RELEASING);
  const { visible, inFlight } = await workbench.depth(queue);
  const deadLetters = await workbench.show(queue, { limit, signal });
  if (signal.aborted) return INTERRUPTED;
  const held = inFlight > 0 ? `, ${inFlight} in flight at another receiver` : '';
  process.stdout.write(`${queue.name}: ${visible} visible${held}; ${queue.what}\n`);
  for (const deadLetter of deadLetters) process.stdout.write(`\n${deadLetterText(deadLetter, queue)}`);
  return 0;
}

async function redrive(workbench: Workbench, args: DlqArguments & { command: 'redrive' }): Promise<number> {
  const { queue, only, isDryRun, log } = args;
  const signal = stopSignal('finishing the current batch');
  const before = await workbench.depth(queue);
  const label = isDryRun ? 'checking' : 'redriving';
  const total = only === undefined ? before.visible : 0;
  const progress = total > 0 ? showProgress(process.stderr, label, total, 'messages') : undefined;
  const printed: string[] = [];
  let done = 0;
  const report = await workbench
    .redrive(queue, {
      ...args,
      signal,
      onMessage: ({ messageId, eventType, eventId }, outcome) => {
        done += 1;
        progress?.update(Math.min(done, total));
        const line = `${messageId}  ${eventType ?? 'no event type'}  ${eventId ?? 'no event id'}`;
        if (printed.length >= MAX_PRINTED) return;
        if (outcome.kind !== 'sent') printed.push(`left ${line}: ${outcome.reason}`);
        else if (isDryRun) printed.push(`would send ${line}`);
      },
    })
    .finally(() => progress?.stop());

  const { sent, left, notDeleted, end } = report;
  for (const line of printed) process.stderr.write(`${line}\n`);
  const unprinted = left + notDeleted + (isDryRun ? sent : 0) - printed.length;
  if (unprinted > 0) process.stderr.write(`and ${unprinted} more\n`);
  if (only !== undefined && end !== 'found' && !signal.aborted) {
    process.stderr.write(`${queue.name} has no message with the message id or event id ${only}\n`);
  }
  process.stdout.write(summary(report, { queue, before, isDryRun }));
  if (sent > 0 && !isDryRun) process.stdout.write(`recorded in ${log}\n`);
  if (end === 'interrupted') return INTERRUPTED;
  const isDone =
    left + notDeleted === 0 &&
    (only === undefined ? end === 'all' && before.inFlight === 0 : end === 'found');
  return isDone ? 0 : 1;
}
