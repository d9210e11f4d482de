import { type DeadLetter, describeReading } from './dead-letter.ts';
import type { Dlq } from './queues.ts';
import type { RedriveReport } from './redrive.ts';
import type { Depth, QueueState } from './workbench.ts';

/** Width of the label column. */
const LABEL_WIDTH = 13;

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
  const all = [['QUEUE', 'VISIBLE', 'IN FLIGHT', 'OLDEST', 'CONTENT', 'REDRIVE DESTINATION'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return all.map((row) => `${line(row).trimEnd()}\n`).join('');
}

/** The queues as JSON. */
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

/** The details of a message, one a line, and its body. */
export function deadLetterText(deadLetter: DeadLetter, queue: Dlq): string {
  const { messageId, eventType, eventId, traceId, parkedBecause, sentAt, sourceQueue } = deadLetter;
  const facts = {
    message: messageId,
    event: [eventType ?? 'no event type', eventId ?? 'no event id'].join('  '),
    why: why(deadLetter, queue),
    parked: parkedBecause,
    attempts: attempts(deadLetter, queue),
    receipts: receipts(deadLetter, queue),
    sent: sentAt?.toISOString(),
    'source queue': sourceQueue,
    trace: traceId ?? 'unknown',
  };
  const lines = Object.entries(facts).flatMap(([name, fact]) =>
    fact === undefined ? [] : [`${name.padEnd(LABEL_WIDTH)}${fact}\n`],
  );
  return `${lines.join('')}${pretty(deadLetter.body)}\n`;
}

/** Summary line of a redrive. `before` is the depth of the queue when it started. */
export function summary(
  { sent, left, notDeleted, later, end }: RedriveReport,
  { queue, before, isDryRun }: { readonly queue: Dlq; readonly before: Depth; readonly isDryRun: boolean },
): string {
  const parts = [
    `${isDryRun ? 'would send' : 'sent'} ${sent} to ${queue.destination.name}`,
    ...(left > 0 ? [`left ${left} in the queue`] : []),
    ...(notDeleted > 0 ? [`${notDeleted} sent but not deleted`] : []),
    ...(later > 0 ? [`${later} arrived meanwhile`] : []),
    ...(before.inFlight > 0
      ? [`${before.inFlight} were in flight at another receiver: run it again in a minute`]
      : []),
    ...(end === 'full' ? ['stopped: too many messages remain in the queue to check the rest'] : []),
    ...(end === 'interrupted' ? ['interrupted: run it again to continue'] : []),
  ];
  return `${parts.join(', ')}\n`;
}

function why({ reading }: DeadLetter, { kind }: Dlq): string {
  if (reading.kind !== 'valid')
    return describeReading(reading).replaceAll('; ', `\n${' '.repeat(LABEL_WIDTH)}`);
  return kind === 'givenUp'
    ? 'would be accepted now: the log of its consumer has the failure'
    : describeReading(reading);
}

/** SQS keeps counting receives across a move to the dead-letter queue, so receives by this tool are included. */
function attempts({ receives }: DeadLetter, { kind, maxReceiveCount }: Dlq): string {
  if (kind === 'undelivered') return 'unknown: SNS does not report its attempts';
  if (kind === 'unpublishable') return 'one by the relay: a retry would fail again';
  return `${receives} receives in total, including those by this tool; its queue dead-letters after ${maxReceiveCount}`;
}

function receipts({ firstReceivedAt }: DeadLetter, { kind }: Dlq): string | undefined {
  if (kind !== 'givenUp') return 'none by a consumer';
  return `first ${firstReceivedAt?.toISOString() ?? 'unknown'}; the log of its consumer has the last one, SQS does not store it`;
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
