import { INTERRUPTED, stopSignal } from '@tandem/cli/command';
import { print, printLine } from '@tandem/cli/printable';
import { showProgress } from '@tandem/cli/progress';
import type { DlqArguments } from './arguments.ts';
import { lineOf, summary } from './print.ts';
import type { Workbench } from './workbench.ts';

/** Maximum number of messages that are printed one by one. */
const MAX_PRINTED = 20;

/** The command `redrive`, and with a body `edit`: resolves to its exit code. */
export async function redrive(
  workbench: Workbench,
  args: Omit<DlqArguments<'redrive'>, 'command'> & { readonly body?: string },
): Promise<number> {
  const { queue, selection, isDryRun, isForced, rate, body, log } = args;
  const { only } = selection;
  const signal = stopSignal('finishing the current batch');
  const before = await workbench.depth(queue);
  const label = isDryRun ? 'checking' : 'redriving';
  const total = only === undefined ? before.visible : 0;
  const progress = total > 0 ? showProgress(process.stderr, label, total, 'messages') : undefined;
  const printed: string[] = [];
  let done = 0;
  const report = await workbench
    .redrive(queue, {
      ...selection,
      rate,
      isDryRun,
      isForced,
      body,
      signal,
      onMessage: (deadLetter, outcome) => {
        done += 1;
        progress?.update(Math.min(done, total));
        if (printed.length >= MAX_PRINTED) return;
        const line = lineOf(deadLetter);
        if (outcome.kind !== 'sent') printed.push(`left ${line}: ${outcome.reason}`);
        else if (isDryRun) printed.push(`would send ${line}`);
      },
    })
    .finally(() => progress?.stop());

  const { sent, left, notDeleted, end } = report;
  for (const line of printed) printLine(line, process.stderr);
  const unprinted = left + notDeleted + (isDryRun ? sent : 0) - printed.length;
  if (unprinted > 0) printLine(`and ${unprinted} more`, process.stderr);
  if (only !== undefined && end !== 'found' && !signal.aborted) {
    printLine(`${queue.name} has no message with the message id or event id ${only}`, process.stderr);
  }
  print(summary(report, { queue, before, isDryRun }));
  if (sent > 0 && !isDryRun) printLine(`recorded in ${log}`);
  if (end === 'interrupted') return INTERRUPTED;
  const isDone =
    left + notDeleted === 0 &&
    (only === undefined ? end === 'all' && before.inFlight === 0 : end === 'found');
  return isDone ? 0 : 1;
}
