import { applyGroup } from '@tandem/chassis/messaging/apply-group';
import type { Applied, ApplyBatch } from '@tandem/chassis/messaging/consumer';
import { withRetry } from '@tandem/chassis/messaging/retry';
import type { TandemEvent } from '@tandem/contracts/events';
import { cartsOf, inOrder, requestsOf, type StockRequest } from '../domain/request.ts';
import type { StockHolds } from '../application/stock-holds.ts';
import type { PublishSnapshotPage } from './snapshot.ts';

/** Products whose stock is changed at the same time. */
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

const eventOf = ({ event }: Sourced) => event;

/** Reserves and releases stock as carts request it, in one transaction per product, and publishes requested snapshots. */
export function applyCartEvents({ stockHolds, publishSnapshotPage }: CartEventsDeps): ApplyBatch {
  /** Requests are retried, not events: an event of fifty products is fifty transactions, and some of them succeed. */
  const reserveAll = withRetry(async (requests: readonly Sourced[]) => {
    const outcomes = new Map<Sourced, Applied | undefined>();
    const products = [...Map.groupBy(requests, ({ productId }) => productId).values()];
    while (products.length > 0) {
      await Promise.all(
        products.splice(0, CONCURRENCY).map(async (ofProduct) => {
          for (const chunk of chunksOf(inOrder(ofProduct))) {
            const applied = await applyGroup(chunk, eventOf, (group) => stockHolds.reserve(group));
            chunk.forEach((request, i) => outcomes.set(request, applied[i]));
          }
        }),
      );
    }
    return requests.map((request) => outcomes.get(request));
  });

  return async (events) => {
    const requests = events.flatMap((event) => requestsOf(event).map((request) => ({ ...request, event })));
    const outcomeOf = new Map<TandemEvent, Applied>();
    const outcomes = await reserveAll(requests);
    requests.forEach(({ event }, i) => {
      const outcome = outcomes[i];
      if (outcome?.status === 'failed') outcomeOf.set(event, outcome);
    });
    for (const event of events) {
      if (event.eventType !== 'ProductSnapshotRequested') continue;
      const [outcome = APPLIED] = await applyGroup(
        [event],
        () => event,
        () => publishSnapshotPage(event),
      );
      outcomeOf.set(event, outcome);
    }
    return events.map((event) => outcomeOf.get(event) ?? APPLIED);
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
