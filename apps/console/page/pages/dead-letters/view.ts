import type { DeadLetterFilter, DeadLetterGroup, DeadLetterMessage } from '../../../server/protocol.ts';
import { type Address, linkTo } from '../../parts/address.ts';
import { counted, dayAndTime } from '../../parts/format.ts';

/** Messages on one page. */
export const PAGE_SIZE = 25;

/** What the page shows, as its address names it. */
export interface View extends Omit<DeadLetterFilter, 'only'> {
  readonly queue?: string | undefined;
  /** Number of messages before the page. */
  readonly offset: number;
}

/** Reads a view from the address: `#/dead-letters/QUEUE?type=…&reason=…&text=…&offset=…`. */
export function viewFrom({ path, parameters }: Pick<Address, 'path' | 'parameters'>): View {
  const text = (name: string) => parameters.get(name) ?? undefined;
  const offset = Number(parameters.get('offset'));
  return {
    queue: path === '' ? undefined : path,
    type: text('type'),
    reason: text('reason'),
    text: text('text'),
    offset: Number.isSafeInteger(offset) && offset > 0 ? offset : 0,
  };
}

/** Link to a view. */
export function linkToView({ queue = '', type, reason, text, offset = 0 }: Partial<View>): string {
  return linkTo('dead-letters', queue, {
    type,
    reason,
    text,
    offset: offset === 0 ? undefined : String(offset),
  });
}

/** Path of the request that reads a view. */
export function requestPathOf({ queue, type, reason, text, offset }: View): string {
  const query = Object.entries({ queue, type, reason, text, offset, limit: PAGE_SIZE }).flatMap(
    ([name, value]) => (value === undefined || value === '' ? [] : [[name, String(value)]]),
  );
  return `/console/dead-letter-messages?${new URLSearchParams(query)}`;
}

/** Filter that selects the messages of a group. */
export function filterOf({ eventType, reason }: DeadLetterGroup): DeadLetterFilter {
  return { reason, ...(eventType !== undefined && { type: eventType }) };
}

/** What happened to a message so far, in words. */
export function historyOf(message: DeadLetterMessage): string {
  const { attempts, parkedBecause, sentAt, lastRedrive } = message;
  const parts = [
    attempts !== undefined && `${counted(attempts, 'attempt')} failed`,
    parkedBecause !== undefined && `not published: ${parkedBecause}`,
    sentAt !== undefined && `sent ${dayAndTime(sentAt)}`,
    lastRedrive &&
      `${lastRedrive.isEdited ? 'edited and ' : ''}redriven ${dayAndTime(lastRedrive.at)} by ${lastRedrive.who}, and failed again`,
  ];
  return parts.filter((part) => typeof part === 'string').join(' · ');
}
