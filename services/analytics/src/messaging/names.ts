import { applyGroup } from '@tandem/chassis/messaging/apply-group';
import type { Applied } from '@tandem/chassis/messaging/consumer';
import type { EventOf, TandemEvent } from '@tandem/contracts/events';
import type { Table } from '@tandem/storage/table';
import { nameKey } from '../store/entity-types.ts';

type NamedEvent = EventOf<'ProductCreated' | 'ProductEdited' | 'ProductSnapshot'>;

/** Writes that are in progress at a time: a snapshot fills batches with its products. */
const CONCURRENCY = 20;

/** Whether an event names a product: an edit only if it renames it, as the name before it was in an earlier event. */
export function isNamed(event: TandemEvent): event is NamedEvent {
  return (
    event.eventType === 'ProductCreated' ||
    event.eventType === 'ProductSnapshot' ||
    (event.eventType === 'ProductEdited' && event.name !== event.previousName)
  );
}

/**
 * Stores the names of products: of each the one of its newest version, however the events are ordered and repeated.
 * Resolves to the outcomes of the events.
 */
export async function storeNames(
  table: Table,
  events: readonly NamedEvent[],
): Promise<ReadonlyMap<TandemEvent, Applied>> {
  const outcomes = new Map<TandemEvent, Applied>();
  const products = [...Map.groupBy(events, ({ productId }) => productId).values()];
  for (let start = 0; start < products.length; start += CONCURRENCY) {
    await Promise.all(
      products.slice(start, start + CONCURRENCY).map(async (members) => {
        const newest = members.reduce((a, b) => (b.version > a.version ? b : a));
        const [outcome] = await applyGroup(
          [newest],
          (event) => event,
          ([event = newest]) => storeName(table, event),
        );
        if (outcome) for (const event of members) outcomes.set(event, outcome);
      }),
    );
  }
  return outcomes;
}

function storeName(table: Table, { productId, name, version }: NamedEvent): Promise<boolean> {
  return table.putIfNewer(nameKey(productId), { version, name });
}
