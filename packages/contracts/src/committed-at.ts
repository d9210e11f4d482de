import type { NewEvent } from './events.ts';

/**
 * Time of the change that an event publishes, in milliseconds since the epoch, from which its propagation delay is
 * measured. Undefined for events that publish no recent change: a snapshot repeats an old state, a snapshot request is
 * passed on from page to page, and the item of an expired cart may be removed long after the expiry.
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
