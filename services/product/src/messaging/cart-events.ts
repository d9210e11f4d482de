import { type Applied, type ApplyBatch, inTraceOf } from '@tandem/chassis/messaging/consumer';
import { isUnavailable, patiently } from '@tandem/chassis/messaging/patient';
import type { EventOf, TandemEvent } from '@tandem/contracts/events';
import { cartsOf, inOrder, requestsOf, type StockRequest } from '../domain/request.ts';
import type { StockHolds } from '../application/stock-holds.ts';
import type { PublishSnapshotPage } from './snapshot.ts';

/** How many products' stock is changed at once. */
const CONCURRENCY = 20;

/** Carts of one transaction: DynamoDB takes 100 items, of which the product is one. A request names 41 carts at most. */
const MAX_CARTS = 90;

export interface CartEventsDeps {
  readonly stockHolds: Pick<StockHolds, 'reserve'>;
  readonly publishSnapshotPage: PublishSnapshotPage;
}

const APPLIED: Applied = { status: 'applied' };

/** A request with the event that made it. */
type Sourced = StockRequest & { readonly event: TandemEvent };

/** Reserves and releases stock as carts request it, in one transaction per product, and publishes requested snapshots. */
export function applyCartEvents({ stockHolds, publishSnapshotPage }: CartEventsDeps): ApplyBatch {
  /** A request that cannot be carried out must not cost its neighbours a receive: after a failure each is tried alone. */
  const reserve = async (requests: readonly Sourced[], outcomes: Map<Sourced, Applied>): Promise<void> => {
    const [first] = requests;
    if (!first) return;
    const failed = await inTraceOf(first.event, () => stockHolds.reserve(requests)).then(
      () => undefined,
      (error: unknown): Applied => ({ status: 'failed', error }),
    );
    if (failed && requests.length > 1 && !isUnavailable(failed)) {
      for (const request of requests) await reserve([request], outcomes);
      return;
    }
    for (const request of requests) outcomes.set(request, failed ?? APPLIED);
  };

  /** Not a batch, but a request is tried again: one of fifty products is fifty transactions, of which some succeed. */
  const reserveAll = patiently(async (requests: readonly Sourced[]) => {
    const outcomes = new Map<Sourced, Applied>();
    const products = [...Map.groupBy(requests, ({ productId }) => productId).values()];
    while (products.length > 0) {
      await Promise.all(
        products.splice(0, CONCURRENCY).map(async (ofProduct) => {
          for (const chunk of chunksOf(inOrder(ofProduct))) await reserve(chunk, outcomes);
        }),
      );
    }
    return requests.map((request) => outcomes.get(request));
  });

  const publish = async (event: EventOf<'ProductSnapshotRequested'>): Promise<Applied> => {
    try {
      await inTraceOf(event, () => publishSnapshotPage(event));
      return APPLIED;
    } catch (error) {
      return { status: 'failed', error };
    }
  };

  return async (events) => {
    const requests = events.flatMap((event) => requestsOf(event).map((request) => ({ ...request, event })));
    const failures = new Map<TandemEvent, Applied>();
    const outcomes = await reserveAll(requests);
    requests.forEach(({ event }, i) => {
      const outcome = outcomes[i];
      if (outcome?.status === 'failed') failures.set(event, outcome);
    });
    for (const event of events) {
      if (event.eventType === 'ProductSnapshotRequested') failures.set(event, await publish(event));
    }
    return events.map((event) => failures.get(event) ?? APPLIED);
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
