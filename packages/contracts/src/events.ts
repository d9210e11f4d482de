import { z } from 'zod';
import {
  cartLineChange,
  cartVersion,
  closedCart,
  envelope,
  heldUntil,
  id,
  movedFrom,
  movedLine,
  productState,
  quantity,
  responseOrder,
  time,
  version,
} from './event-fields.ts';

export { MAX_PRICE, minorUnits } from './event-fields.ts';

/** The version of the event shapes below, carried by every event we publish. */
export const SCHEMA_VERSION = 1;

/**
 * Schemas of all events by type. They are tolerant readers: unknown fields are dropped, and fields beyond the contract
 * are optional, so that events of older and foreign producers are accepted.
 */
export const eventSchemas = {
  ProductCreated: z.object({ eventType: z.literal('ProductCreated'), ...productState }),
  ProductUpdated: z.object({
    eventType: z.literal('ProductUpdated'),
    ...productState,
    reserved: z
      .array(
        z.object({
          cartId: id,
          qty: z.int().min(1),
          cartVersion,
          heldUntil,
          revision: responseOrder.revision,
        }),
      )
      .optional()
      .describe('The reservations that the change confirms: each like an InventoryReserved'),
  }),
  ProductSnapshot: z.object({
    eventType: z.literal('ProductSnapshot'),
    ...productState,
    snapshotId: z.string().optional(),
  }),
  ProductEdited: z.object({
    eventType: z.literal('ProductEdited'),
    ...envelope,
    productId: id,
    name: productState.name,
    price: productState.price,
    currency: productState.currency,
    previousName: productState.name.describe(
      'Equal to name if the edit left the name as it was; likewise below',
    ),
    previousPrice: productState.price,
    previousCurrency: productState.currency,
    version,
    timestamp: time,
  }),
  ProductDeleted: z.object({
    eventType: z.literal('ProductDeleted'),
    ...envelope,
    productId: id,
    version,
    updatedAt: time,
  }),
  ProductSnapshotCompleted: z.object({
    eventType: z.literal('ProductSnapshotCompleted'),
    ...envelope,
    snapshotId: z.string(),
    productCount: quantity,
    timestamp: time,
  }),
  InventoryReservationRejected: z.object({
    eventType: z.literal('InventoryReservationRejected'),
    ...envelope,
    cartId: id,
    productId: id,
    requestedQty: quantity,
    availableQty: quantity.describe('Largest possible quantity of the line'),
    keptQty: quantity.optional().describe('Units that the cart still holds'),
    heldUntil,
    cartVersion,
    ...responseOrder,
    timestamp: time,
  }),
  InventoryReservationExpired: z.object({
    eventType: z.literal('InventoryReservationExpired'),
    ...envelope,
    cartId: id,
    productId: id,
    qty: z.int().min(1).describe('Units that the cart held'),
    cartVersion,
    ...responseOrder,
    timestamp: time,
  }),
  InventoryShort: z.object({
    eventType: z.literal('InventoryShort'),
    ...envelope,
    cartId: id,
    productId: id,
    qty: z.int().min(1).describe('Units that were sold'),
    missingQty: z.int().min(1).describe('Of them, units that were not on hand'),
    cartVersion: cartVersion.optional(),
    timestamp: time,
  }),
  InventoryReserved: z.object({
    eventType: z.literal('InventoryReserved'),
    ...envelope,
    cartId: id,
    productId: id,
    qty: z.int().min(1).describe('Units that the cart now holds'),
    heldUntil,
    cartVersion,
    ...responseOrder,
    timestamp: time,
  }),
  ProductAddedToCart: z.object({
    eventType: z.literal('ProductAddedToCart'),
    ...cartLineChange,
    opensCart: z.boolean().optional().describe('true for the first line that the shopper adds to the cart'),
  }),
  ProductRemovedFromCart: z.object({
    eventType: z.literal('ProductRemovedFromCart'),
    ...cartLineChange,
    movedTo: movedLine.optional().describe('The cart to which the units moved: its event moves their hold'),
  }),
  CartCheckedOut: z.object({ eventType: z.literal('CartCheckedOut'), ...closedCart }),
  CartExpired: z.object({ eventType: z.literal('CartExpired'), ...closedCart }),
  InventoryReservationRequested: z.object({
    eventType: z.literal('InventoryReservationRequested'),
    ...envelope,
    cartId: id,
    userId: z.string().nullable().default(null).describe('null for a guest'),
    items: z
      .array(
        z.object({
          productId: id,
          qty: z.int().min(1).describe("The line's whole quantity, which does not change"),
          movedFrom,
        }),
      )
      .min(1)
      .max(100)
      .describe('Lines whose hold is requested or renewed'),
    timestamp: time,
    cartVersion,
  }),
  ProductSnapshotRequested: z.object({
    eventType: z.literal('ProductSnapshotRequested'),
    ...envelope,
    requestId: id,
    timestamp: time,
    cursor: z.string().optional().describe('Product only: the page to continue with'),
    publishedCount: quantity.optional().describe('Product only: number of products on the pages before it'),
  }),
} as const;

export type EventType = keyof typeof eventSchemas;

/** The event of type `T` as a consumer receives it. */
export type EventOf<T extends EventType> = z.output<(typeof eventSchemas)[T]>;

/** Any event of the system. */
export type TandemEvent = { [T in EventType]: EventOf<T> }[EventType];

/** An event as the domain emits it; the relay adds `eventId` and `schemaVersion` when it publishes. */
export type NewEvent = { [T in EventType]: Omit<EventOf<T>, 'eventId' | 'schemaVersion'> }[EventType];
