import { publishAll } from '@tandem/audit/repairer';
import type { Publish } from '@tandem/chassis/messaging/publisher';
import { currentTraceparent } from '@tandem/chassis/trace';
import { chunksOf, createRateLimiter } from '@tandem/cli/batches';
import { eventIdOf } from '@tandem/contracts/event-id';
import type { NewEvent } from '@tandem/contracts/events';
import { products } from '@tandem/product/store/entity-types';
import type { Driver } from '@tandem/storage/driver';
import { scanKind } from '@tandem/storage/scan';

export interface DeletionsOptions {
  readonly driver: Pick<Driver, 'scan'>;
  readonly publish: Publish;
  /** Events per second. */
  readonly rate: number;
  readonly segments: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onProgress?: (published: number) => void;
}

const PAGE = 200;
/** SNS's limit of one request. */
const BATCH = 10;

/**
 * Publishes ProductDeleted again for each deleted product, which a snapshot does not have. Safe to repeat: an id has the
 * product's version, which a raise and a later sale increase, and consumers compare versions. Resolves to the number of events.
 */
export async function publishDeletions(options: DeletionsOptions): Promise<number> {
  const { driver, publish, rate, segments, now, onProgress = () => undefined } = options;
  const limitRate = createRateLimiter(rate);
  let published = 0;
  for await (const { items } of scanKind(driver, products, { segments, pageSize: PAGE, now })) {
    const events = items.flatMap(({ state }) => {
      if (!('deleted' in state)) return [];
      const { productId, version, updatedAt } = state;
      const event: NewEvent = { eventType: 'ProductDeleted', productId, version, updatedAt };
      const eventId = eventIdOf({ kind: products.name, key: productId, version }, 0);
      return [{ eventId, traceparent: currentTraceparent(), event }];
    });
    for (const batch of chunksOf(events, Math.min(BATCH, rate))) {
      await limitRate(batch.length);
      await publishAll(publish, batch);
      onProgress((published += batch.length));
    }
  }
  return published;
}
