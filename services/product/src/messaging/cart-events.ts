import { applyGroup } from '@tandem/chassis/messaging/apply-group';
import type { Applied, ApplyBatch } from '@tandem/chassis/messaging/consumer';
import { withRetry } from '@tandem/chassis/messaging/retry';
import type { TandemEvent } from '@tandem/contracts/events';
import { cartsOf, sortRequests, requestsOf, type StockRequest } from '../domain/request.ts';
import type { StockHolds } from '../application/stock-holds.ts';
import type { PublishSnapshotPage } from './snapshot.ts';

/** Products whose stock is changed concurrently. */
const CONCURRENCY = 20;

/** Largest number of carts in a transaction: DynamoDB allows 100 items, and one request names at most 41 carts. */
const MAX_CARTS = 90;

export interface CartEventsDeps {
  readonly stockHolds: Pick<StockHolds, 'reserve'>;
  readonly publishSnapshotPage: PublishSnapshotPage;
}

const APPLIED: Applied = { status: 'applied' };

/** A stock request with its event. */
type EventRequest = StockRequest & { readonly event: TandemEvent };

const eventOf = ({ event }: EventRequest) => event;

/** Applies Cart's events: reserves, releases and sells stock, in one transaction per product; publishes requested snapshots. */
export function applyCartEvents({ stockHolds, publishSnapshotPage }: CartEventsDeps): ApplyBatch {
  /** Retries requests rather than events: of an event with fifty products, hence fifty transactions, some may succeed. */
  const reserveAll = withRetry(async (requests: readonly EventRequest[]) => {
    const outcomes = new Map<EventRequest, Applied | undefined>();
    const products = [...Map.groupBy(requests, ({ productId }) => productId).values()];
    while (products.length > 0) {
      await Promise.all(
        products.splice(0, CONCURRENCY).map(async (productRequests) => {
          for (const chunk of chunksOf(sortRequests(productRequests))) {
            const chunkOutcomes = await applyGroup(chunk, eventOf, (group) => stockHolds.reserve(group));
            chunk.forEach((request, i) => outcomes.set(request, chunkOutcomes[i]));
          }
        }),
      );
    }
    return requests.map((request) => outcomes.get(request));
  });

  return async (events) => {
    const requests = events.flatMap((event) => requestsOf(event).map((request) => ({ ...request, event })));
    const outcomeByEvent = new Map<TandemEvent, Applied>();
    const outcomes = await reserveAll(requests);
    requests.forEach(({ event }, i) => {
      const outcome = outcomes[i];
      if (outcome?.status === 'failed') outcomeByEvent.set(event, outcome);
    });
    for (const event of events) {
      if (event.eventType !== 'ProductSnapshotRequested') continue;
      const [outcome = APPLIED] = await applyGroup(
        [event],
        () => event,
        () => publishSnapshotPage(event),
      );
      outcomeByEvent.set(event, outcome);
    }
    return events.map((event) => outcomeByEvent.get(event) ?? APPLIED);
  };
}

/** Splits requests, in their order, into chunks that fit into a transaction. */
function chunksOf(requests: readonly EventRequest[]): EventRequest[][] {
  const chunks: EventRequest[][] = [];
  let carts = new Set<string>();
  for (const request of requests) {
    const combinedCarts = new Set([...carts, ...cartsOf(request)]);
    const chunk = chunks.at(-1);
    if (chunk && combinedCarts.size <= MAX_CARTS) {
      chunk.push(request);
      carts = combinedCarts;
    } else {
      chunks.push([request]);
      carts = new Set(cartsOf(request));
    }
  }
  return chunks;
}
