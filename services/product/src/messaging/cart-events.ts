import { type Applied, type ApplyBatch, inTraceOf } from '@tandem/chassis/messaging/consumer';
import { isUnavailable } from '@tandem/chassis/messaging/patient';
import type { TandemEvent } from '@tandem/contracts/events';
import { cartsOf, inOrder, requestsOf, type StockRequest } from '../domain/request.ts';
import type { Reserving } from './reserving.ts';
import type { PublishSnapshotPage } from './snapshot.ts';

/** How many products' stock is changed at once. */
const CONCURRENCY = 20;

/** Carts of one transaction: DynamoDB takes 100 items, of which the product is one. A request names 41 carts at most. */
const MAX_CARTS = 90;

export interface CartEventsDeps {
  readonly reserving: Pick<Reserving, 'reserve'>;
  readonly publishSnapshotPage: PublishSnapshotPage;
}

/** A request with the event that made it. */
type Sourced = StockRequest & { readonly event: TandemEvent };

/** Reserves and releases stock as carts request it, in one transaction per product, and publishes requested snapshots. */
export function applyCartEvents({ reserving, publishSnapshotPage }: CartEventsDeps): ApplyBatch {
  return async (events) => {
    const failures = new Map<TandemEvent, unknown>();
    const reserve = (requests: readonly Sourced[]) => {
      const [{ event } = { event: undefined }] = requests;
      return event && inTraceOf(event, () => reserving.reserve(requests));
    };
    /** A request that cannot be carried out must not cost its neighbours a receive: after a failure each is tried alone. */
    const reserveOrEach = async (requests: readonly Sourced[]): Promise<void> => {
      try {
        await reserve(requests);
      } catch (error) {
        const isAlone = requests.length === 1 || isUnavailable({ status: 'failed', error });
        if (isAlone) for (const { event } of requests) failures.set(event, error);
        else for (const request of requests) await reserveOrEach([request]);
      }
    };

    const requests = events.flatMap((event) => requestsOf(event).map((request) => ({ ...request, event })));
    const products = [...Map.groupBy(requests, ({ productId }) => productId).values()];
    while (products.length > 0) {
      await Promise.all(
        products.splice(0, CONCURRENCY).map(async (ofProduct) => {
          for (const chunk of chunksOf(inOrder(ofProduct))) await reserveOrEach(chunk);
        }),
      );
    }
    for (const event of events) {
      if (event.eventType !== 'ProductSnapshotRequested') continue;
      await inTraceOf(event, () => publishSnapshotPage(event)).catch((error: unknown) =>
        failures.set(event, error),
      );
    }
    return events.map((event): Applied =>
      failures.has(event) ? { status: 'failed', error: failures.get(event) } : { status: 'applied' },
    );
  };
}

/** The requests in their order, in parts that fit into a transaction. */
function chunksOf(requests: readonly Sourced[]): Sourced[][] {
  const chunks: Sourced[][] = [];
  let carts = new Set<string>();
  for (const request of requests) {
    const together = new Set([...carts, ...cartsOf(request)]);
    const chunk = chunks.at(-1);
    if (chunk && together.size <= MAX_CARTS) {
      chunk.push(request);
      carts = together;
    } else {
      chunks.push([request]);
      carts = new Set(cartsOf(request));
    }
  }
  return chunks;
}
