import { ask } from './api.ts';

/** A product, as the Product API answers it. */
export interface Product {
  readonly productId: string;
  readonly name: string;
  readonly description?: string;
  readonly category?: string;
  readonly price: number;
  readonly currency: string;
  readonly inventory: number;
  readonly version: number;
}

/** Some products, and where the next ones begin. */
export interface ProductPage {
  readonly items: readonly Product[];
  readonly nextCursor?: string;
}

/** A line of a cart beside what its product now costs and whether it can be had. */
export interface Line {
  readonly productId: string;
  readonly name: string;
  readonly qty: number;
  readonly priceAtAdd: number;
  readonly currentPrice: number;
  readonly priceChanged: boolean;
  readonly availability: 'available' | 'insufficient' | 'unavailable';
  /** The largest quantity that the line could have. */
  readonly availableQty: number;
}

/** A cart, as the Cart API answers it. */
export interface Cart {
  readonly cartId: string;
  readonly userId: string | null;
  readonly status: 'open' | 'checkedOut' | 'merged';
  readonly items: readonly Line[];
  readonly totalAmount: number;
  /** null while the cart is empty. */
  readonly currency: string | null;
  readonly version: number;
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
