import { readFile } from 'node:fs/promises';
import { DomainError } from '@tandem/chassis/errors';
import { INTERRUPTED, runCommand, stopSignal } from '@tandem/cli/command';
import { print, printLine } from '@tandem/cli/printable';
import { type DlqArguments, readDlqArguments } from './arguments.ts';
import { parseJson } from './dead-letter.ts';
import { redrive } from './redrive-command.ts';
import { awsTarget, localTarget } from './target.ts';
import { deadLetterText, discardSummary, groupTable, json, lineOf, table } from './print.ts';
import { openRecords, type Records, userName } from './record.ts';
import { groupsOf, lastRedriveOf, select } from './selection.ts';
import { createWorkbench, MAX_SHOWN, type Workbench } from './workbench.ts';

const RELEASING = 'making the shown messages visible again';
/** Maximum number of discarded messages that are printed one by one. */
const MAX_PRINTED = 20;

await runCommand(async () => {
  const args = readDlqArguments(process.env);
  using target = args.aws ? awsTarget(args.aws) : localTarget(args.endpoint);
  await using records = openRecords(args.command === 'list' ? '' : args.log);
  const workbench = createWorkbench({ ...target, saveRecord: records.saveRecord, who: userName() });
  switch (args.command) {
    case 'list': {
      const signal = stopSignal(RELEASING);
      const states = await workbench.list({ signal });
      if (signal.aborted) return INTERRUPTED;
      print(args.isJson ? json(states) : table(states, new Date()));
      return 0;
    }
    case 'groups':
      return groups(workbench, args);
    case 'show':
      return show(workbench, records, args);
    case 'edit':
      return redrive(workbench, { ...args, body: await bodyIn(args.file) });
    case 'discard':
      return discard(workbench, args);
    default:
      return redrive(workbench, args);
  }
});

async function groups(workbench: Workbench, { queue, selection }: DlqArguments<'groups'>): Promise<number> {
  const signal = stopSignal(RELEASING);
  const all = await workbench.show(queue, { limit: MAX_SHOWN.messages, signal });
  if (signal.aborted) return INTERRUPTED;
  print(groupTable(groupsOf(queue.name, select(all, selection)), new Date()));
  return 0;
}

async function show(
  workbench: Workbench,
  records: Pick<Records, 'redrives'>,
  { queue, limit, isRaw, selection }: DlqArguments<'show'>,
): Promise<number> {
  const signal = stopSignal(RELEASING);
  const { visible, inFlight } = await workbench.depth(queue);
  const isWhole = Object.values(selection).every((criterion) => criterion === undefined);
  const all = await workbench.show(queue, { limit: isWhole ? limit : MAX_SHOWN.messages, signal });
  if (signal.aborted) return INTERRUPTED;
  const deadLetters = select(all, selection).slice(0, limit);
  if (isRaw) {
    for (const { body } of deadLetters) printLine(compact(body));
    return 0;
  }
  const held = inFlight > 0 ? `, ${inFlight} in flight at another receiver` : '';
  printLine(`${queue.name}: ${visible} visible${held}; ${queue.what}`);
  const redrives = await records.redrives();
  for (const deadLetter of deadLetters)
    print(`\n${deadLetterText(deadLetter, queue, lastRedriveOf(deadLetter, redrives))}`);
  return 0;
}

async function discard(workbench: Workbench, args: DlqArguments<'discard'>): Promise<number> {
  const { queue, selection, isDryRun, why, log } = args;
  const signal = stopSignal('finishing the current batch');
  const before = await workbench.depth(queue);
  let printed = 0;
  const report = await workbench.discard(queue, {
    why,
    selection,
    isDryRun,
    signal,
    onMessage: (deadLetter) => {
      printed += 1;
      if (isDryRun && printed <= MAX_PRINTED)
        printLine(`would discard ${lineOf(deadLetter)}`, process.stderr);
    },
  });
  if (isDryRun && printed > MAX_PRINTED) printLine(`and ${printed - MAX_PRINTED} more`, process.stderr);
  if (selection.only !== undefined && report.end === 'all')
    printLine(
      `${queue.name} has no message with the message id or event id ${selection.only}`,
      process.stderr,
    );
  print(discardSummary(report, { before, isDryRun }));
  if (report.discarded > 0 && !isDryRun) printLine(`recorded in ${log}`);
  if (report.end === 'interrupted') return INTERRUPTED;
  const isDone =
    report.notDeleted === 0 &&
    (selection.only === undefined ? report.end === 'all' && before.inFlight === 0 : report.end === 'found');
  return isDone ? 0 : 1;
}

/** A body in one line: the same JSON, or the text with its line feeds escaped. */
function compact(body: string): string {
  const value = parseJson(body);
  return value === undefined ? body : JSON.stringify(value);
}

/** The text of a file. Rejects with a DomainError of one line if it cannot be read. */
async function bodyIn(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DomainError('unavailable', 'no-body', `cannot read the body: ${why}`, { cause });
  }
}
