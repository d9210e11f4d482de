import type { TandemEvent } from './events.ts';

/** A change of an item that publishes events: its entity type and key, and its version after the change. */
interface ChangedItem {
  readonly kind: string;
  readonly key: string;
  readonly version: number | string;
}

/** Id of the event at a position among those of a change; the same whenever it is published. */
export function eventIdOf({ kind, key, version }: ChangedItem, position: number): string {
  return `${kind}/${key}/${version}/${position}`;
}

const REPAIR = 'audit/';

/** Id of an event by which an audit repairs a hold. */
export function repairIdOf(cartId: string, productId: string, cartVersion: number): string {
  return `${REPAIR}${cartId}/${productId}/${cartVersion}`;
}

/**
 * Whether an event repairs a hold. It is for Product alone: what it says of the cart was published before, or is
 * unknown, so that nothing may be counted by it.
 */
export function isRepair({ eventId }: Pick<TandemEvent, 'eventId'>): boolean {
  return eventId?.startsWith(REPAIR) ?? false;
}
