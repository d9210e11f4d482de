import { DomainError } from '@tandem/chassis/errors';
import { type Cart, type CartDecision, type Times, requireOpen, timestampFields } from './cart.ts';
import { type Catalog, requireProduct } from './catalog.ts';
import { lineOf, requireCurrency, withLine } from './line.ts';
import { viewOfLine } from './line-view.ts';

/** The price that the shopper accepts; absent fields are not compared. */
export interface AcceptedPrice {
  readonly price?: number | undefined;
  readonly currency?: string | undefined;
}

/**
 * Sets the line's price to the catalog's; if it is the only line, also the cart's currency. Throws a conflict with the
 * line if the catalog's price differs from the accepted one.
 */
export function acceptPrice(
  cart: Cart,
  productId: string,
  catalog: Catalog,
  accepted: AcceptedPrice,
  times: Times,
): CartDecision {
  const line = lineOf(requireOpen(cart).lines, productId);
  if (!line)
    throw new DomainError(
      'notFound',
      'line-not-found',
      `The cart has no line of product ${productId}. Add it first.`,
    );
  const product = requireProduct(catalog, productId);
  const { price, currency } = product;
  if ((accepted.price ?? price) !== price || (accepted.currency ?? currency) !== currency) {
    throw new DomainError(
      'conflict',
      'price-changed',
      `The price of ${product.name} has changed again. Accept the current price.`,
      { details: { line: viewOfLine(line, cart.currency, catalog) } },
    );
  }
  if (cart.lines.length > 1) requireCurrency(cart, product);
  if (price === line.priceAtAdd && currency === cart.currency) return { state: cart, events: [] };
  const lines = withLine(cart.lines, { ...line, priceAtAdd: price });
  return {
    state: { ...cart, ...timestampFields(times), currency, lines, version: cart.version + 1 },
    events: [],
  };
}
