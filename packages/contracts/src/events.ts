import { z } from 'zod';

/** The version of the event shapes below, carried by every event we publish. */
export const SCHEMA_VERSION = 1;

/** Ids that are safe as keys, attributes and parts of both: no control, surrogate or unassigned character, no slash. */
const id = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{C}/]*$/u, 'must hold no control character, lone surrogate or slash');
const text = z
  .string()
  .max(1_000)
  .regex(/^\P{Cs}*$/u, 'must be well-formed Unicode');
const version = z.int().min(1);
const time = z.iso.datetime({ offset: true });
const quantity = z.int().min(0);
const currency = z.string().regex(/^[A-Z]{3}$/);

/** An amount of money in the currency's minor unit (cents), never a fraction. */
export const minorUnits = z.int().min(0);
/** Of one unit: bounded, so that the total of a cart stays an exact integer. */
const price = minorUnits.max(1_000_000_000);

const envelope = {
  eventId: z.string().optional().describe('Deterministic for a change: a relay that retries repeats it'),
  schemaVersion: z.int().optional(),
};

const productState = {
  ...envelope,
  productId: id,
  name: text,
  category: text.optional(),
  price,
  currency,
  inventory: quantity.describe('Units that can still be had: what carts hold is already taken off'),
  updatedAt: time,
  version,
};

/** The other cart of a merge, at its version after it. */
const movedLine = z.object({ cartId: id, cartVersion: version });

const cartLineChange = {
  ...envelope,
  cartId: id,
  userId: z.string().nullable().default(null).describe('null for a guest'),
  productId: id,
  priceAtAdd: price,
  currency: currency.optional(),
  qty: z.int().min(1).describe('The change, always positive'),
  lineQty: quantity.optional().describe("The line's quantity after the change"),
  movedFrom: z
    .array(movedLine)
    .optional()
    .describe('Carts whose units this line takes over: they hold none of them any more'),
  timestamp: time,
  cartVersion: version,
};

const closedCart = {
  ...envelope,
  cartId: id,
  userId: z.string().nullable().default(null),
  items: z.array(z.object({ productId: id, qty: z.int().min(1), priceAtAdd: price })),
  totalAmount: minorUnits,
  currency: currency.nullable().default(null),
  timestamp: time,
  cartVersion: version,
};

/**
 * Every event of the system by its type. The schemas read tolerantly: unknown fields are dropped and what only
 * we add is optional, so that older and foreign producers are understood.
 */
export const eventSchemas = {
  ProductCreated: z.object({ eventType: z.literal('ProductCreated'), ...productState }),
  ProductUpdated: z.object({
    eventType: z.literal('ProductUpdated'),
    ...productState,
    reserved: z
      .array(z.object({ cartId: id, qty: z.int().min(1), cartVersion: version }))
      .optional()
      .describe('The claims of carts that the change grants: says of each what InventoryReserved says'),
  }),
  ProductSnapshot: z.object({
    eventType: z.literal('ProductSnapshot'),
    ...productState,
    snapshotId: z.string().optional(),
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
    availableQty: quantity,
    cartVersion: version,
    productVersion: version.optional().describe('The version of the product that was looked at'),
    timestamp: time,
  }),
  InventoryReserved: z.object({
    eventType: z.literal('InventoryReserved'),
    ...envelope,
    cartId: id,
    productId: id,
    qty: z.int().min(1).describe('What the cart now holds of the product'),
    cartVersion: version,
    timestamp: time,
  }),
  ProductAddedToCart: z.object({ eventType: z.literal('ProductAddedToCart'), ...cartLineChange }),
  ProductRemovedFromCart: z.object({
    eventType: z.literal('ProductRemovedFromCart'),
    ...cartLineChange,
    movedTo: movedLine.optional().describe('The cart that the units went to: its event moves their stock'),
  }),
  CartCheckedOut: z.object({ eventType: z.literal('CartCheckedOut'), ...closedCart }),
  CartExpired: z.object({ eventType: z.literal('CartExpired'), ...closedCart }),
  ProductSnapshotRequested: z.object({
    eventType: z.literal('ProductSnapshotRequested'),
    ...envelope,
    requestId: id,
    timestamp: time,
    cursor: z.string().optional().describe('Product only: the page to continue with'),
    publishedCount: quantity.optional().describe('Product only: what the pages before it published'),
  }),
} as const;

export type EventType = keyof typeof eventSchemas;

/** The event of type `T` as a consumer receives it. */
export type EventOf<T extends EventType> = z.output<(typeof eventSchemas)[T]>;

/** Any event of the system. */
export type TandemEvent = { [T in EventType]: EventOf<T> }[EventType];

/** An event as a domain decides it; the relay adds `eventId` and `schemaVersion` when it publishes. */
export type NewEvent = { [T in EventType]: Omit<EventOf<T>, 'eventId' | 'schemaVersion'> }[EventType];
