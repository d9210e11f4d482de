import { DomainError } from '@tandem/chassis/errors';
import { type Cart, type CartDecision, type Moment, requireOpen, touched } from './cart.ts';
import { type Catalog, requireProduct } from './catalog.ts';
import { lineOf, requireCurrency, withLine } from './line.ts';
import { viewOfLine } from './line-view.ts';

/** The price that the shopper saw; what is absent is not compared. */
export interface AcceptedPrice {
  readonly price?: number | undefined;
  readonly currency?: string | undefined;
}

/**
 * Makes the catalog's price the line's own, and its currency the cart's where the line is the only one. Throws a
 * conflict with the line when the catalog's price is not the one that the shopper saw.
 */
export function acceptPrice(
  cart: Cart,
  productId: string,
  catalog: Catalog,
  accepted: AcceptedPrice,
  moment: Moment,
): CartDecision {
  const line = lineOf(requireOpen(cart).lines, productId);
  if (!line) throw new DomainError('notFound', 'line-not-found', `The cart has no line of ${productId}.`);
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
  return { state: { ...cart, ...touched(moment), currency, lines, version: cart.version + 1 }, events: [] };
}
