import { runCommand } from '@tandem/cli/command';
import { showProgress } from '@tandem/cli/progress';
import { type DlqArguments, help, readDlqArguments } from './arguments.ts';
import { awsPlace, localPlace } from './place.ts';
import { json, letterText, summary, table } from './print.ts';
import { openRecords, userName } from './record.ts';
import { createWorkbench, type Workbench } from './workbench.ts';

const INTERRUPTED = 130;
const LOOKING = 'making visible again what was looked at';
/** Of the messages that were left, as many are told one by one. */
const TOLD = 20;

await runCommand(async () => {
  const asked = readDlqArguments({ AWS_PORT: process.env['AWS_PORT'], DATA_DIR: process.env['DATA_DIR'] });
  if (!asked) {
    process.stdout.write(help);
    return 0;
  }
  using place = asked.where.kind === 'aws' ? awsPlace(asked.where) : localPlace(asked.where.endpoint);
  await using records = openRecords(asked.command === 'redrive' ? asked.log : '');
  const workbench = createWorkbench({ ...place, keep: records.keep, who: userName() });
  switch (asked.command) {
    case 'list': {
      const signal = stopSignal(LOOKING);
      const states = await workbench.list({ signal });
      if (signal.aborted) return INTERRUPTED;
      process.stdout.write(asked.isJson ? json(states) : table(states, new Date()));
      return 0;
    }
    case 'show':
      return show(workbench, asked);
    default:
      return redrive(workbench, asked);
  }
});

async function show(
  workbench: Workbench,
  { queue, limit }: DlqArguments & { command: 'show' },
): Promise<number> {
  const signal = stopSignal(LOOKING);
  const { visible, inFlight } = await workbench.depth(queue);
  const letters = await workbench.show(queue, { limit, signal });
  if (signal.aborted) return INTERRUPTED;
  const held = inFlight > 0 ? `, ${inFlight} in somebody else's hands` : '';
  process.stdout.write(`${queue.name}: ${visible} visible${held}; ${queue.what}\n`);
  for (const letter of letters) process.stdout.write(`\n${letterText(letter, queue)}`);
  return 0;
}

async function redrive(workbench: Workbench, asked: DlqArguments & { command: 'redrive' }): Promise<number> {
  const { queue, only, isDryRun, log } = asked;
  const signal = stopSignal('finishing the batch in hand');
  const before = await workbench.depth(queue);
  const label = isDryRun ? 'looking' : 'redriving';
  const total = only === undefined ? before.visible : 0;
  const progress = total > 0 ? showProgress(process.stderr, label, total, 'messages') : undefined;
  const told: string[] = [];
  let done = 0;
  const report = await workbench
    .redrive(queue, {
      ...asked,
      signal,
      onMessage: ({ messageId, eventType, eventId }, fate) => {
        done += 1;
        progress?.update(Math.min(done, total));
        const line = `${messageId}  ${eventType ?? 'of no type'}  ${eventId ?? 'without id'}`;
        if (told.length >= TOLD) return;
        if (fate.kind !== 'sent') told.push(`left ${line}: ${fate.reason}`);
        else if (isDryRun) told.push(`would send ${line}`);
      },
    })
    .finally(() => progress?.stop());

  const { sent, left, notDeleted, end } = report;
  for (const line of told) process.stderr.write(`${line}\n`);
  const untold = left + notDeleted + (isDryRun ? sent : 0) - told.length;
  if (untold > 0) process.stderr.write(`and ${untold} more\n`);
  if (only !== undefined && end !== 'found' && !signal.aborted) {
    process.stderr.write(`${queue.name} has no message and no event with the id ${only}\n`);
  }
  process.stdout.write(summary(report, { queue, before, isDryRun }));
  if (sent > 0 && !isDryRun) process.stdout.write(`recorded in ${log}\n`);
  if (end === 'interrupted') return INTERRUPTED;
  const isDone =
    left + notDeleted === 0 &&
    (only === undefined ? end === 'all' && before.inFlight === 0 : end === 'found');
  return isDone ? 0 : 1;
}

/** Aborts at the first Ctrl-C or SIGTERM; npm and the terminal may both send it, so further ones change nothing. */
function stopSignal(what: string): AbortSignal {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (!stopping.signal.aborted) process.stderr.write(`${name}: ${what}\n`);
      stopping.abort();
    });
  }
  return stopping.signal;
}
