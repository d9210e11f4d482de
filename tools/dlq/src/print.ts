import { printable } from '@tandem/cli/printable';
import { type DeadLetter, describeFault, describeReading, parseJson } from './dead-letter.ts';
import type { Dlq } from './queues.ts';
import type { RedriveReport } from './redrive.ts';
import type { DiscardReport } from './discard.ts';
import type { LastRedrive } from './record.ts';
import { attemptsOf, type Group } from './selection.ts';
import type { Depth, QueueState } from './workbench.ts';

/** Width of the label column. */
const LABEL_WIDTH = 13;
/** Maximum length of a message's type and id in a line. */
const MAX_TEXT = 200;

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
  return inColumns([['QUEUE', 'VISIBLE', 'IN FLIGHT', 'OLDEST', 'CONTENT', 'REDRIVE DESTINATION'], ...rows]);
}

/** The groups of a queue as a table. */
export function groupTable(groups: readonly Group[], now: Date): string {
  const rows = groups.map(({ count, oldestAt, eventType, reason }) => [
    String(count),
    oldestAt ? ageOf(oldestAt, now) : '-',
    excerpt(eventType ?? 'no event type'),
    excerpt(reason),
  ]);
  return inColumns([['COUNT', 'OLDEST', 'EVENT TYPE', 'REASON'], ...rows]);
}

/** Ids and type of a message in a line. */
export function lineOf({ messageId, eventType, eventId }: DeadLetter): string {
  return [messageId, eventType ?? 'no event type', eventId ?? 'no event id'].map(excerpt).join('  ');
}

function excerpt(text: string): string {
  const line = printable(text);
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT)}…` : line;
}

function inColumns(all: readonly (readonly string[])[]): string {
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

/** The details of a message, one a line, and its body, in which line feeds of the message itself are escaped. */
export function deadLetterText(
  deadLetter: DeadLetter,
  queue: Dlq,
  lastRedrive: LastRedrive | undefined,
): string {
  const { messageId, eventType, eventId, traceId, parkedBecause, sentAt, sourceQueue } = deadLetter;
  const facts = {
    message: messageId,
    event: [eventType ?? 'no event type', eventId ?? 'no event id'].join('  '),
    why: why(deadLetter, queue),
    parked: parkedBecause,
    attempts: attempts(deadLetter, queue),
    receipts: receipts(deadLetter, queue),
    redriven: lastRedrive && redriven(lastRedrive),
    sent: sentAt?.toISOString(),
    'source queue': sourceQueue,
    trace: traceId ?? 'unknown',
  };
  const lines = Object.entries(facts).flatMap(([name, fact]) =>
    [fact ?? []].flat().map((line, i) => `${(i === 0 ? name : '').padEnd(LABEL_WIDTH)}${printable(line)}\n`),
  );
  const value = parseJson(deadLetter.body);
  const body = value === undefined ? printable(deadLetter.body) : JSON.stringify(value, undefined, 2);
  return `${lines.join('')}${body}\n`;
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

/** Summary line of a discard. `before` is the depth of the queue when it started. */
export function discardSummary(
  { discarded, notDeleted, end }: DiscardReport,
  { before, isDryRun }: { readonly before: Depth; readonly isDryRun: boolean },
): string {
  const parts = [
    `${isDryRun ? 'would discard' : 'discarded'} ${discarded}`,
    ...(notDeleted > 0 ? [`${notDeleted} recorded but not deleted: run it again`] : []),
    ...(before.inFlight > 0
      ? [`${before.inFlight} were in flight at another receiver: run it again in a minute`]
      : []),
    ...(end === 'full' ? ['stopped: too many other messages in the queue to check the rest'] : []),
    ...(end === 'interrupted' ? ['interrupted: run it again to continue'] : []),
  ];
  return `${parts.join(', ')}\n`;
}

function redriven({ at, who, isEdited }: LastRedrive): string {
  return `${at.toISOString()} by ${who}${isEdited ? ' with an edited body' : ''}: it was dead-lettered again`;
}

function why({ reading }: DeadLetter, { kind }: Dlq): string | readonly string[] {
  if (reading.kind === 'invalid') return reading.faults.map(describeFault);
  if (reading.kind !== 'valid') return describeReading(reading);
  return kind === 'givenUp'
    ? 'would be accepted now: the log of its consumer has the failure, unless SNS could not deliver it'
    : describeReading(reading);
}

function attempts(deadLetter: DeadLetter, queue: Dlq): string {
  const { kind, maxReceiveCount } = queue;
  const made = attemptsOf(deadLetter, queue);
  if (kind === 'unpublishable') return 'one by the relay: a retry would fail again';
  if (made === undefined) return 'none by its consumer: SNS could not deliver it';
  return `${made} by its consumer; its queue dead-letters after ${maxReceiveCount}; looked at ${deadLetter.receives - made} times since`;
}

function receipts({ firstReceivedAt }: DeadLetter, { kind }: Dlq): string | undefined {
  if (kind !== 'givenUp') return 'none by a consumer';
  return `first ${firstReceivedAt?.toISOString() ?? 'unknown'}; the log of its consumer has the last one, SQS does not store it`;
}

function ageOf(time: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - time.getTime()) / 1000));
  if (seconds >= 2 * 86_400) return `${Math.floor(seconds / 86_400)} d`;
  if (seconds >= 2 * 3_600) return `${Math.floor(seconds / 3_600)} h`;
  return seconds >= 2 * 60 ? `${Math.floor(seconds / 60)} min` : `${seconds} s`;
}
