import type { EventOf, TandemEvent } from '@tandem/contracts/events';
import { addEach, NO_CARTS, sumProducts } from './add-counts.ts';
import type { Amounts, CartCounts, CountsByProduct, DayCounts, ProductCounts } from './counts.ts';

/**
 * What an event adds to the figures of its day; undefined if it adds nothing. `at` is the event's own time (RFC 3339, UTC).
 */
export function countsOf(event: TandemEvent, at: string): DayCounts | undefined {
  const date = at.slice(0, 10);
  const carts = cartCountsOf(event);
  const products = productCountsOf(event, at);
  if (!carts && !products) return undefined;
  return { date, carts: { ...NO_CARTS, ...carts }, products: products ?? {} };
}

function cartCountsOf(event: TandemEvent): Partial<CartCounts> | undefined {
  switch (event.eventType) {
    case 'ProductAddedToCart':
      return event.opensCart ? { opened: 1 } : undefined;
    case 'CartExpired':
      return event.items.length > 0 ? { abandoned: 1 } : undefined;
    case 'CartCheckedOut': {
      const revenue = event.items.map((item) => revenueOf(item, event.currency));
      return {
        checkedOut: 1,
        unitsCheckedOut: event.items.reduce((units, { qty }) => units + qty, 0),
        revenue: revenue.reduce(addEach, {}),
      };
    }
    default:
      return undefined;
  }
}

function productCountsOf(event: TandemEvent, at: string): CountsByProduct | undefined {
  switch (event.eventType) {
    case 'ProductAddedToCart': {
      const hour = Number(at.slice(11, 13));
      return only(event.productId, { added: event.qty, addedByHour: { [hour]: event.qty } });
    }
    case 'ProductRemovedFromCart':
      return only(event.productId, { removed: event.qty });
    case 'InventoryReservationExpired':
      return only(event.productId, { expired: event.qty });
    case 'InventoryReservationRejected': {
      const rejected = event.requestedQty - (event.keptQty ?? 0);
      return rejected > 0 ? only(event.productId, { rejected }) : undefined;
    }
    case 'CartCheckedOut':
      return sumProducts(
        event.items.map((item) =>
          only(item.productId, { checkedOut: item.qty, revenue: revenueOf(item, event.currency) }),
        ),
      );
    case 'ProductEdited':
      return priceChangeOf(event, at);
    default:
      return undefined;
  }
}

function priceChangeOf(event: EventOf<'ProductEdited'>, at: string): CountsByProduct | undefined {
  const { productId, version, price, currency, previousPrice, previousCurrency } = event;
  if (price === previousPrice && currency === previousCurrency) return undefined;
  const from = { price: previousPrice, currency: previousCurrency };
  return only(productId, { priceChanges: [{ changedAt: at, version, from, to: { price, currency } }] });
}

/** Revenue of a sold line; none if the currency is not known. */
function revenueOf(item: { qty: number; priceAtAdd: number }, currency: string | null): Amounts {
  if (currency === null) return {};
  return addEach({}, { [currency]: item.qty * item.priceAtAdd });
}

/** Figures of one product. Not a literal: a product may have the id `__proto__`. */
function only(productId: string, counts: Partial<ProductCounts>): CountsByProduct {
  return Object.fromEntries([[productId, counts]]);
}
