import { ask } from './api.ts';

/** A product, as the Product API answers it. */
export interface Product {
  readonly productId: string;
  readonly name: string;
  /** Only in a product that was fetched by its id: lists leave it out. */
  readonly description?: string;
  readonly category?: string;
  readonly price: number;
  readonly currency: string;
  /** Available units: on hand, less what open carts hold. */
  readonly inventory: number;
  readonly onHand: number;
  readonly held: number;
  /** The largest quantity of a line. */
  readonly maxPerCart?: number;
  readonly version: number;
}

/** Some products, and where the next ones begin. */
export interface ProductPage {
  readonly items: readonly Product[];
  readonly nextCursor?: string;
}

/** A line of a cart beside the current price of its product, its availability and its hold. */
export interface Line {
  readonly productId: string;
  readonly name: string;
  readonly qty: number;
  readonly priceAtAdd: number;
  readonly currentPrice: number;
  /** Only where it differs from the cart's. */
  readonly currentCurrency?: string;
  readonly priceChanged: boolean;
  readonly availability: 'available' | 'insufficient' | 'unavailable';
  /** The largest quantity that the line could have. */
  readonly availableQty: number;
  /** Whether Product holds the line's units: confirmed, requested or not at all. */
  readonly hold: 'held' | 'pending' | 'none';
  /** When the hold expires, RFC 3339; absent where it does not. */
  readonly heldUntil?: string;
}

/** A cart, as the Cart API answers it. One that is checked out is an order. */
export interface Cart {
  /** Of a guest's cart, a secret that authorizes its use: it is kept in this tab only and never shown. */
  readonly cartId: string;
  readonly userId: string | null;
  readonly status: 'open' | 'checkedOut' | 'merged';
  readonly items: readonly Line[];
  readonly totalAmount: number;
  /** null while the cart is empty. */
  readonly currency: string | null;
  readonly version: number;
  /** When it was checked out, RFC 3339. */
  readonly checkedOutAt?: string;
}

/** Some carts, and where the next ones begin. */
export interface CartPage {
  readonly items: readonly Cart[];
  readonly nextCursor?: string;
}

/** Asks the Product API for a page of its products. */
export async function readProducts(query: {
  readonly category?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}): Promise<ProductPage> {
  const parameters = new URLSearchParams({ limit: String(query.limit) });
  if (query.category !== undefined) parameters.set('category', query.category);
  if (query.cursor !== undefined) parameters.set('cursor', query.cursor);
  const { body } = await ask<ProductPage>(`/products?${parameters}`);
  return body;
}

/** Those of up to 100 products that there are. */
export async function readProductsOf(ids: readonly string[]): Promise<readonly Product[]> {
  const { body } = await ask<ProductPage>(`/products?${new URLSearchParams({ ids: ids.join(',') })}`);
  return body.items;
}

/** Fetches a product with its description. */
export async function readProduct(productId: string): Promise<Product> {
  const { body } = await ask<Product>(productPath(productId));
  return body;
}

/** The path of a product, or of something of it. */
export function productPath(...parts: readonly string[]): string {
  return `/products/${parts.map(encodeURIComponent).join('/')}`;
}

/** What a line's product costs now, with its own currency. */
export function currentPriceOf(
  { currentPrice, currentCurrency }: Pick<Line, 'currentPrice' | 'currentCurrency'>,
  cartCurrency: string | null,
): { readonly price: number; readonly currency: string | null } {
  return { price: currentPrice, currency: currentCurrency ?? cartCurrency };
}

/** The path of a cart, or of something in it. */
export function cartPath(cartId: string, ...parts: readonly string[]): string {
  return `/carts/${[cartId, ...parts].map(encodeURIComponent).join('/')}`;
}

/** Puts units of a product into a cart; answers the cart. */
export async function addToCart(
  cartId: string,
  item: { readonly productId: string; readonly qty: number },
  token?: string,
): Promise<Cart> {
  const { body } = await ask<Cart>(cartPath(cartId, 'items'), { method: 'POST', body: item, token });
  return body;
}

/** Opens a cart: the token's user's, or a guest's without one. */
export async function openCart(token?: string): Promise<Cart> {
  const { body } = await ask<Cart>('/carts', { method: 'POST', token });
  return body;
}
