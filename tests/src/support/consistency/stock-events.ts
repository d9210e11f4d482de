import { queueUrl } from '@tandem/emulators/messaging-config';
import { openClients, receiveEach, subscribe } from '../messaging.ts';

/** Reduction of a line to the units that it holds, because Product rejected an increase. */
export interface Reduction {
  /** Public id of the cart. */
  readonly cartId: string;
  readonly productId: string;
  /** Quantity of the line after the reduction. */
  readonly qty: number;
  readonly version: number;
}

/** Published stock events, received through a separate subscription; duplicates count once. */
export interface StockEvents {
  readonly reductions: readonly Reduction[];
  /** Units that were sold beyond the stock on hand, by product. */
  readonly missing: ReadonlyMap<string, number>;
  /** Number of holds that expired. */
  readonly expired: number;
  /** Requests that were confirmed again after their hold had expired, which a duplicate must not cause. */
  readonly heldAgain: readonly string[];
}

/** Recorder with its own subscription, which survives restarts of the system. */
export interface StockEventRecorder {
  /** Returns all stock events that have arrived so far. An error loses none: the next call returns them too. */
  collect(endpoint: string): Promise<StockEvents>;
}

/** Fields that the checker reads, over all event types. */
interface StockEvent {
  readonly eventType: string;
  readonly cartId: string;
  readonly productId: string;
  readonly cartVersion: number;
  readonly revision?: number;
  readonly lineQty?: number;
  readonly keptQty?: number;
  readonly missingQty?: number;
  readonly movedTo?: object;
  readonly reserved?: readonly Pick<StockEvent, 'cartId' | 'cartVersion' | 'revision'>[];
}

/** Queue of the recorder. While it has messages, the recorded events are incomplete. */
export const RECORDER_QUEUE = 'checker-queue';
/** Time until messages return that the recorder received but could not delete, because messaging stopped. */
const VISIBILITY_SECONDS = 5;
const topics = ['product-events-topic', 'cart-events-topic'] as const;
const subscribedTypes = [
  'ProductUpdated',
  'InventoryReserved',
  'InventoryReservationRejected',
  'InventoryReservationExpired',
  'InventoryShort',
  'ProductRemovedFromCart',
];

/** Subscribes to both topics, and records the events that the checker needs. */
export async function recordStockEvents(endpoint: string): Promise<StockEventRecorder> {
  (await subscribe(endpoint, RECORDER_QUEUE, topics, subscribedTypes))[Symbol.dispose]();
  const record = createRecord();
  return {
    async collect(endpoint) {
      using clients = openClients(endpoint);
      const options = { QueueUrl: queueUrl(endpoint, RECORDER_QUEUE), VisibilityTimeout: VISIBILITY_SECONDS };
      await receiveEach(clients.sqs, options, ({ Body = '' }) => record.add(JSON.parse(Body) as StockEvent));
      return record.events();
    },
  };
}

function createRecord() {
  const removals = new Map<string, Reduction>();
  const keptQuantities = new Set<string>();
  const missing = new Map<string, { readonly productId: string; readonly units: number }>();
  const expiredAt = new Map<string, number>();
  const confirmedAt = new Map<string, number>();
  const requestOf = ({ cartId, productId, cartVersion }: Omit<StockEvent, 'eventType'>) =>
    `${cartId}/${productId}/${cartVersion}`;

  return {
    add(event: StockEvent): void {
      const { eventType, cartId, productId, cartVersion, revision = 0 } = event;
      const request = requestOf(event);
      const confirm = (confirmed: string, at: number) =>
        confirmedAt.set(confirmed, Math.max(at, confirmedAt.get(confirmed) ?? 0));
      if (eventType === 'ProductRemovedFromCart' && !event.movedTo) {
        const { lineQty: qty = 0 } = event;
        if (qty > 0) removals.set(request, { cartId, productId, qty, version: cartVersion });
      } else if (eventType === 'InventoryReservationRejected') {
        keptQuantities.add(`${cartId}/${productId}/${event.keptQty ?? 0}`);
      } else if (eventType === 'InventoryShort') {
        missing.set(request, { productId, units: event.missingQty ?? 0 });
      } else if (eventType === 'InventoryReservationExpired') {
        expiredAt.set(request, Math.min(revision, expiredAt.get(request) ?? Infinity));
      } else if (eventType === 'InventoryReserved') confirm(request, revision);
      for (const confirmed of event.reserved ?? [])
        confirm(requestOf({ ...confirmed, productId }), confirmed.revision ?? 0);
    },

    events(): StockEvents {
      const units = new Map<string, number>();
      for (const short of missing.values())
        units.set(short.productId, (units.get(short.productId) ?? 0) + short.units);
      return {
        reductions: [...removals.values()].filter(({ cartId, productId, qty }) =>
          keptQuantities.has(`${cartId}/${productId}/${qty}`),
        ),
        missing: units,
        expired: expiredAt.size,
        heldAgain: [...expiredAt].flatMap(([request, at]) =>
          (confirmedAt.get(request) ?? 0) > at ? [request] : [],
        ),
      };
    },
  };
}
