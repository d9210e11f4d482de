import { type DeadLetter, describeReading } from './letter.ts';
import type { KeepingQueue } from './queues.ts';
import type { RedriveReport } from './redrive.ts';
import type { Depth, QueueState } from './workbench.ts';

/** Of the names of facts. */
const WIDTH = 13;

/** The queues as a table. */
export function table(states: readonly QueueState[], now: Date): string {
  const rows = states.map(({ queue, visible, inFlight, oldest }) => [
    queue.name,
    String(visible),
    String(inFlight),
    oldest ? `${oldest.isOldest ? '' : '> '}${ageOf(oldest.sentAt, now)}` : '-',
    queue.what,
    queue.destination.name,
  ]);
  const all = [['QUEUE', 'VISIBLE', 'IN FLIGHT', 'OLDEST', 'WHAT', 'A REDRIVE SENDS TO'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return all.map((row) => `${line(row).trimEnd()}\n`).join('');
}

/** The same for a program. */
export function json(states: readonly QueueState[]): string {
  const rows = states.map(({ queue: { name, what, destination }, visible, inFlight, oldest }) => ({
    queue: name,
    visible,
    inFlight,
    ...(oldest && { oldestSentAt: oldest.sentAt.toISOString(), oldestIsCertain: oldest.isOldest }),
    what,
    destination: destination.name,
  }));
  return `${JSON.stringify(rows, undefined, 2)}\n`;
}

/** A message with all that is known of it. */
export function letterText(letter: DeadLetter, queue: KeepingQueue): string {
  const { messageId, eventType, eventId, traceId, parkedBecause, sentAt, givenUpBy } = letter;
  const facts = {
    message: messageId,
    event: [eventType ?? 'of no type', eventId ?? 'without id'].join('  '),
    why: why(letter, queue),
    parked: parkedBecause,
    attempts: attempts(letter, queue),
    receipts: receipts(letter, queue),
    sent: sentAt?.toISOString(),
    'given up by': givenUpBy,
    trace: traceId ?? 'unknown',
  };
  const lines = Object.entries(facts).flatMap(([name, fact]) =>
    fact === undefined ? [] : [`${name.padEnd(WIDTH)}${fact}\n`],
  );
  return `${lines.join('')}${pretty(letter.body)}\n`;
}

/** How a redrive ended. `before` is the queue as it was when it began. */
export function summary(
  { sent, left, notDeleted, later, end }: RedriveReport,
  {
    queue,
    before,
    isDryRun,
  }: { readonly queue: KeepingQueue; readonly before: Depth; readonly isDryRun: boolean },
): string {
  const parts = [
    `${isDryRun ? 'would send' : 'sent'} ${sent} to ${queue.destination.name}`,
    ...(left > 0 ? [`left ${left}`] : []),
    ...(notDeleted > 0 ? [`${notDeleted} sent but not deleted`] : []),
    ...(later > 0 ? [`${later} came meanwhile`] : []),
    ...(before.inFlight > 0
      ? [`${before.inFlight} were in somebody else's hands: run it again in a minute`]
      : []),
    ...(end === 'full' ? ['so many are left that the others were not looked at'] : []),
    ...(end === 'interrupted' ? ['interrupted: run it again to go on'] : []),
  ];
  return `${parts.join(', ')}\n`;
}

function why({ reading }: DeadLetter, { kind }: KeepingQueue): string {
  if (reading.kind !== 'valid') return describeReading(reading).replaceAll('; ', `\n${' '.repeat(WIDTH)}`);
  return kind === 'givenUp'
    ? 'would be accepted now: what failed is in the log of its consumer'
    : describeReading(reading);
}

/** SQS goes on counting where a message is moved, so that looks are in it; of others every receive is a look. */
function attempts({ receives }: DeadLetter, { kind, maxReceiveCount }: KeepingQueue): string {
  if (kind === 'undelivered') return 'SNS does not tell how often it tried';
  if (kind === 'unpublishable') return 'the relay tried once: it would fail again';
  return `${receives} receives in all, looks included; its queue gives up after ${maxReceiveCount}`;
}

function receipts({ firstReceivedAt }: DeadLetter, { kind }: KeepingQueue): string | undefined {
  if (kind !== 'givenUp') return 'none by a consumer';
  return `first ${firstReceivedAt?.toISOString() ?? 'unknown'}; the last one is in the log of its consumer, SQS does not keep it`;
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2);
  } catch {
    return body;
  }
}

function ageOf(time: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - time.getTime()) / 1000));
  const [size, unit] = (
    [
      [86_400, 'd'],
      [3_600, 'h'],
      [60, 'min'],
    ] as const
  ).find(([size]) => seconds >= 2 * size) ?? [1, 's'];
  return `${Math.floor(seconds / size)} ${unit}`;
}
