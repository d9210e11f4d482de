import type { Applied, ApplyBatch } from '@tandem/chassis/messaging/consumer';
import type { TandemEvent } from '@tandem/contracts/events';
import type { Table } from '@tandem/storage/table';
import { entryAfter, entryOf, MAX_VERSION_LEAP, type ProductEvent } from '../domain/catalog.ts';
import { applyResponses, type HoldResponse, responsesOf } from '../domain/reservation.ts';
import { cartKey, catalogKey } from '../store/entity-types.ts';
import { createFailures } from './failures.ts';
import { applySnapshots } from './snapshots.ts';

export interface ProductEventsDeps {
  readonly table: Table;
  /** RFC 3339, UTC. */
  readonly now: () => string;
  /** Called once responses to a cart are stored. */
  readonly onResponse?: (cartId: string) => void;
}

/**
 * Applies Product's events, in any order, to the read model of the catalog, and their reservation responses to carts:
 * those to one cart in one write. The responses of an event are stored before its product: otherwise the available units
 * of the catalog would already exclude a hold that the cart's line does not have yet.
 */
export function applyProductEvents({ table, now, onResponse }: ProductEventsDeps): ApplyBatch {
  const storeResponses = async (cartId: string, responses: readonly HoldResponse[]) => {
    await table.update(cartKey(cartId), (cart) =>
      cart ? applyResponses(cart, responses, now()) : { state: cart, events: [] },
    );
    onResponse?.(cartId);
  };

  /** Most events need one conditional write. The stored entry is read only if the version may be implausible. */
  const applyProduct = async (event: ProductEvent): Promise<void> => {
    const key = catalogKey(event.productId);
    if (isPlausible(event) && (await table.putIfNewer(key, entryOf(event)))) return;
    await table.update(key, (current) => ({ state: entryAfter(current, event), events: [] }));
  };

  return async (events) => {
    const failures = createFailures();
    const responses = events.flatMap((event) =>
      responsesOf(event).map((response) => ({ event, response: inUtc(response) })),
    );
    const responsesByCart = Map.groupBy(responses, ({ response }) => response.cartId);
    await Promise.all(
      [...responsesByCart].map(([cartId, group]) =>
        failures.attempt(
          group,
          ({ event }) => event,
          (members) =>
            storeResponses(
              cartId,
              members.map(({ response }) => response),
            ),
        ),
      ),
    );

    const productEvents = events.filter((event) => !failures.has(event)).filter(isProductEvent);
    await Promise.all(
      groupReplaceable(productEvents).map((group) =>
        failures.attempt(
          group,
          (event) => event,
          (members) => applyProduct(newestOf(members)),
        ),
      ),
    );

    const appliedEvents = events.filter((event) => !failures.has(event));
    await applySnapshots({ table, now }, appliedEvents, failures);
    return events.map((event): Applied => failures.outcomeOf(event));
  };
}

/**
 * Groups the events of a batch by product: only the newest of a group needs to be applied. A snapshot is a group of its own, as it
 * may replace a newer entry, and so is an implausible version, which may fail.
 */
function groupReplaceable(events: readonly ProductEvent[]): readonly (readonly ProductEvent[])[] {
  const groups = Map.groupBy(events, (event) =>
    event.eventType === 'ProductSnapshot' || !isPlausible(event) ? event : event.productId,
  );
  return [...groups.values()];
}

function newestOf(events: readonly ProductEvent[]): ProductEvent {
  return events.reduce((newest, event) => (event.version > newest.version ? event : newest));
}

function isPlausible({ version }: ProductEvent): boolean {
  return version <= MAX_VERSION_LEAP;
}

function isProductEvent(event: TandemEvent): event is ProductEvent {
  switch (event.eventType) {
    case 'ProductCreated':
    case 'ProductUpdated':
    case 'ProductSnapshot':
    case 'ProductDeleted':
      return true;
    default:
      return false;
  }
}

/** The response with its time in UTC, so that times can be compared as text. */
function inUtc(response: HoldResponse): HoldResponse {
  const { heldUntil } = response;
  return heldUntil === undefined ? response : { ...response, heldUntil: new Date(heldUntil).toISOString() };
}
