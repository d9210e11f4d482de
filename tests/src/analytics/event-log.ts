import type { TandemEvent } from '@tandem/contracts/events';
import type { Random } from '../support/random.ts';

export const DAY_MS = 24 * 60 * 60 * 1_000;
/** Start of the log: today. DynamoDB, which has its own clock, would remove the ids of earlier events as expired. */
export const START = Math.floor(Date.now() / DAY_MS) * DAY_MS;
export const LOG_DAYS = 3;
export const PRODUCTS = 300;
const CURRENCIES = ['EUR', 'USD', 'JPY'] as const;

/** A random log of a shop's events over three days, in the order of their times: what its services published. */
export function createLog(random: Random, count: number): readonly TandemEvent[] {
  const times = Array.from({ length: count }, (_, i) => timeOf(random, i, count)).toSorted((a, b) => a - b);
  const products = Array.from({ length: PRODUCTS }, (_, i) => ({
    productId: `product-${i}`,
    name: `Product ${i}`,
    price: random(1, 20_000),
    currency: CURRENCIES[i % 3] ?? 'EUR',
    version: 1,
  }));
  return times.map((time, i) => {
    const product = products[Math.min(random(0, PRODUCTS - 1), random(0, PRODUCTS - 1))] ?? products[0];
    if (!product) throw new RangeError('no products');
    const { productId, currency } = product;
    const common = { timestamp: textOf(time, random), ...(random(1, 50) > 1 && { eventId: `event/${i}` }) };
    const line = { ...common, cartId: `cart-${random(1, 900)}`, productId, cartVersion: i + 1 };
    const qty = random(1, 5);
    const kind = random(1, 100);
    if (kind <= 45) {
      const opensCart = random(1, 3) === 1 ? { opensCart: true } : {};
      const change = { userId: null, priceAtAdd: product.price, currency, qty };
      return { eventType: 'ProductAddedToCart', ...line, ...change, ...opensCart };
    }
    if (kind <= 58)
      return { eventType: 'ProductRemovedFromCart', ...line, userId: null, priceAtAdd: product.price, qty };
    if (kind <= 66) return { eventType: 'InventoryReservationExpired', ...line, qty };
    if (kind <= 76) {
      const kept = random(1, 2) === 1 ? { keptQty: random(0, qty + 1) } : {};
      return {
        eventType: 'InventoryReservationRejected',
        ...line,
        requestedQty: qty,
        availableQty: 0,
        ...kept,
      };
    }
    if (kind <= 92) {
      const items = Array.from({ length: random(0, 6) }, () => ({
        productId: `product-${random(0, PRODUCTS - 1)}`,
        qty: random(1, 5),
        priceAtAdd: random(0, 20_000),
      }));
      const cart = {
        cartId: line.cartId,
        userId: null,
        cartVersion: line.cartVersion,
        items,
        totalAmount: 0,
      };
      const eventType = kind <= 86 ? 'CartCheckedOut' : 'CartExpired';
      return { eventType, ...common, ...cart, currency: random(1, 9) === 1 ? null : currency };
    }
    if (kind <= 94 || product.version === 1) {
      const { timestamp, ...ids } = common;
      product.version += 1;
      return { eventType: 'ProductCreated', ...ids, ...product, inventory: 5, updatedAt: timestamp };
    }
    const { name: previousName, price: previousPrice, currency: previousCurrency } = product;
    product.version += 1;
    if (random(1, 3) === 1) product.name = `Product ${productId} of ${i}`;
    else product.price = Math.max(1, previousPrice + random(-50, 50));
    const previous = { previousName, previousPrice, previousCurrency };
    return { eventType: 'ProductEdited', ...common, ...product, ...previous };
  });
}

/** Events of a sale of ten seconds: more than one item of the inbox holds the ids of. */
const MAX_SALE = 5_000;

/** A time of the log. */
function timeOf(random: Random, i: number, count: number): number {
  if (i < Math.min(MAX_SALE, count / 3)) return START + 1.5 * DAY_MS + random(0, 9_999);
  return START + random(0, LOG_DAYS * DAY_MS - 1);
}

/** The time as text, sometimes with the offset of another time zone. */
function textOf(time: number, random: Random): string {
  if (random(1, 10) > 1) return new Date(time).toISOString();
  return new Date(time + 2 * 60 * 60 * 1_000).toISOString().replace('Z', '+02:00');
}
