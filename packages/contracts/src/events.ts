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
/** A product that changed a thousand times a second for thirty years is below it: more is a fault, and would outrank every later change. */
const MAX_PRODUCT_VERSION = 1_000_000_000_000;
const MAX_CART_VERSION = 1_000_000_000;
/** One transaction moves them all, beside the line's own reservation and the product. */
const MAX_MOVED_CARTS = 40;

const version = z.int().min(1).max(MAX_PRODUCT_VERSION);
const cartVersion = z.int().min(1).max(MAX_CART_VERSION);
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
  inventory: quantity.describe('Available units: on hand, less what open carts hold'),
  onHand: quantity.optional().describe('Physical stock'),
  held: quantity.optional().describe('Units that open carts hold'),
  maxPerCart: z.int().min(1).optional().describe('The largest quantity of a line'),
  incarnation: version
    .optional()
    .describe('The version at which the product was created last: holds confirmed before it are void'),
  updatedAt: time,
  version,
};

/** How a response of Product relates to others about the same line. */
const responseOrder = {
  productVersion: version.optional().describe('The version of the product after the decision'),
  revision: version
    .optional()
    .describe("Counts the changes of this cart's reservation: the higher one is the newer response"),
};

const heldUntil = time.optional().describe('When the hold expires; absent where it does not');

/** The other cart of a merge, at its version after it. */
const movedLine = z.object({ cartId: id, cartVersion });

const movedFrom = z
  .array(movedLine)
  .max(MAX_MOVED_CARTS)
  .optional()
  .describe('Carts whose units this line takes over: they hold none of them any more');

const cartLineChange = {
  ...envelope,
  cartId: id,
  userId: z.string().nullable().default(null).describe('null for a guest'),
  productId: id,
  priceAtAdd: price,
  currency: currency.optional(),
  qty: z.int().min(1).describe('The change, always positive'),
  lineQty: quantity.optional().describe("The line's quantity after the change"),
  movedFrom,
  timestamp: time,
  cartVersion,
};

const closedCart = {
  ...envelope,
  cartId: id,
  userId: z.string().nullable().default(null),
  items: z.array(z.object({ productId: id, qty: z.int().min(1), priceAtAdd: price })),
  totalAmount: minorUnits,
  currency: currency.nullable().default(null),
  timestamp: time,
  cartVersion,
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
    availableQty: quantity.describe('The largest quantity that the cart could have'),
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
    qty: z.int().min(1).describe('Units that the cart held until then'),
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
  ProductAddedToCart: z.object({ eventType: z.literal('ProductAddedToCart'), ...cartLineChange }),
  ProductRemovedFromCart: z.object({
    eventType: z.literal('ProductRemovedFromCart'),
    ...cartLineChange,
    movedTo: movedLine.optional().describe('The cart that the units went to: its event moves their stock'),
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
