import type { NewEvent } from './events.ts';

/**
 * When the change was decided that an event tells of, in milliseconds since the epoch: how long it has been on its way
 * can be measured by it. Undefined for what is no news: a snapshot repeats an old state, a request for one is handed on
 * from page to page, and a cart expires when its time is over, which may be long before its item is removed.
 */
export function committedAt(event: NewEvent): number | undefined {
  switch (event.eventType) {
    case 'ProductSnapshot':
    case 'ProductSnapshotCompleted':
    case 'ProductSnapshotRequested':
    case 'CartExpired':
      return undefined;
    default:
      return Date.parse('updatedAt' in event ? event.updatedAt : event.timestamp);
  }
}
