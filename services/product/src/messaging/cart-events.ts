import { applyGroup } from '@tandem/chassis/messaging/apply-group';
import { type Applied, type ApplyBatch, receivesOf } from '@tandem/chassis/messaging/consumer';
import { isUnavailable } from '@tandem/chassis/messaging/retry';
import type { TandemEvent } from '@tandem/contracts/events';
import { cartsOf, sortRequests, requestsOf, type StockRequest } from '../domain/request.ts';
import type { StockHolds } from '../application/stock-holds.ts';
import type { PublishSnapshotPage } from './snapshot.ts';

/** Products whose stock is changed concurrently. */
const CONCURRENCY = 20;

/**
 * Largest number of carts in a transaction: DynamoDB allows 100 items, and one request names at most 41 carts. Also the largest
 * batch of messages, so that one that is all about one product is one transaction.
 */
export const MAX_CARTS = 90;

export interface CartEventsDeps {
  readonly stockHolds: Pick<StockHolds, 'reserve'>;
  readonly publishSnapshotPage: PublishSnapshotPage;
}

const APPLIED: Applied = { status: 'applied' };
const POSTPONED: Applied = { status: 'postponed' };

/** A stock request with its event, and its position among the requests of that event. */
type EventRequest = StockRequest & { readonly event: TandemEvent; readonly position: number };

const eventOf = ({ event }: EventRequest) => event;

/**
 * Applies Cart's events: reserves, releases and sells stock, in one transaction per product; publishes requested snapshots. An
 * event may need fifty transactions, and a batch thousands. A retry of an event repeats none that was committed. No transaction
 * is begun once the signal is aborted, or after the store was unavailable for everything that was tried last.
 */
export function applyCartEvents({ stockHolds, publishSnapshotPage }: CartEventsDeps): ApplyBatch {
  /** Positions of the requests of an event that were committed, until it needs no retry. */
  const committed = new WeakMap<TandemEvent, Set<number>>();

  /** Resolves to the outcomes of requests for one product, which are transactions one after the other. */
  const reserveProduct = async (requests: readonly EventRequest[], signal: AbortSignal | undefined) => {
    const outcomes: (readonly [EventRequest, Applied])[] = [];
    let notBegun: Applied | undefined;
    for (const chunk of chunksOf(sortRequests(requests))) {
      if (signal?.aborted) notBegun = POSTPONED;
      const reason = notBegun;
      const chunkOutcomes = reason
        ? chunk.map(() => reason)
        : await applyGroup(chunk, eventOf, (group) => stockHolds.reserve(group));
      if (chunkOutcomes.every(isUnavailable)) notBegun = chunkOutcomes[0];
      chunk.forEach((request, i) => outcomes.push([request, chunkOutcomes[i] ?? POSTPONED]));
    }
    return outcomes;
  };

  const reserveAll = async (requests: readonly EventRequest[], signal: AbortSignal | undefined) => {
    const outcomes: (readonly [EventRequest, Applied])[] = [];
    const products = [...Map.groupBy(requests, ({ productId }) => productId).values()];
    while (products.length > 0) {
      const part = products.splice(0, CONCURRENCY);
      const partOutcomes = (await Promise.all(part.map((group) => reserveProduct(group, signal)))).flat();
      outcomes.push(...partOutcomes);
      const first = partOutcomes[0]?.[1];
      if (!first || !partOutcomes.every(([, outcome]) => isUnavailable(outcome))) continue;
      for (const request of products.splice(0).flat()) outcomes.push([request, first]);
    }
    return outcomes;
  };

  return async (events, signal) => {
    const failures = new Map<TandemEvent, Applied>();
    const requests = events.flatMap((event) =>
      requestsOf(event)
        .map((request, position): EventRequest => ({ ...request, event, position }))
        .filter(({ position }) => !committed.get(event)?.has(position)),
    );
    for (const [{ event, position }, outcome] of await reserveAll(requests, signal)) {
      if (outcome.status !== 'applied') failures.set(event, outcome);
      else committed.set(event, (committed.get(event) ?? new Set()).add(position));
    }
    for (const event of events) {
      if (event.eventType !== 'ProductSnapshotRequested') continue;
      const [outcome = APPLIED] = signal?.aborted
        ? [POSTPONED]
        : await applyGroup(
            [event],
            () => event,
            () => publishSnapshotPage(event, { isRedelivered: receivesOf(event) > 1, signal }),
          );
      if (outcome.status !== 'applied') failures.set(event, outcome);
    }
    return events.map((event) => {
      const outcome = failures.get(event) ?? APPLIED;
      if (!isUnavailable(outcome)) committed.delete(event);
      return outcome;
    });
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
