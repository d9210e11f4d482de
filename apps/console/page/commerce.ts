import type { CartView } from '@tandem/cart/domain/view';
import type { ProductView } from '@tandem/product/domain/view';
import { request, type RequestOptions } from './api.ts';

/** Product, as the Product API returns it; lists omit its description. */
export type Product = Omit<ProductView, 'createdAt' | 'updatedAt'>;

/**
 * Cart, as the Cart API returns it. A checked-out cart is an order. A guest's cart id is a secret that grants access: never show it, nor
 * put it into an address.
 */
export type Cart = Omit<CartView, 'updatedAt'>;

/** Line item of a cart, with the current price, the availability and the hold of its product. */
export type Line = Cart['items'][number];

/** Page of a list, and the cursor of the next page. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string;
  /** False for a search that has a part of the catalog only. */
  readonly complete?: boolean;
}

/** Fetches a page of products, or those with `ids` (up to 100, separated by commas; unknown ones are omitted). */
export async function readProducts(
  query: Readonly<Partial<Record<'q' | 'ids' | 'category' | 'limit' | 'cursor', string | undefined>>>,
  options: RequestOptions = {},
): Promise<ListPage<Product>> {
  const parameters = Object.entries(query).filter(([, value]) => value !== undefined) as [string, string][];
  const { body } = await request<ListPage<Product>>(`/products?${new URLSearchParams(parameters)}`, options);
  return body;
}

/** Path of a product or of one of its sub-resources. */
export function productPath(...parts: readonly string[]): string {
  return `/products/${parts.map(encodeURIComponent).join('/')}`;
}

/** Current price of a line's product, with its currency. */
export function currentPriceOf(
  { currentPrice, currentCurrency }: Line,
  cartCurrency: string | null,
): { readonly price: number; readonly currency: string | null } {
  return { price: currentPrice, currency: currentCurrency ?? cartCurrency };
}

/** Path of a cart or of one of its sub-resources. */
export function cartPath(cartId: string, ...parts: readonly string[]): string {
  return `/carts/${[cartId, ...parts].map(encodeURIComponent).join('/')}`;
}

/** Adds one unit of a product to a guest's cart and returns the cart. */
export async function addToCart(cartId: string, productId: string): Promise<Cart> {
  const body = { productId, qty: 1 };
  return (await request<Cart>(cartPath(cartId, 'items'), { method: 'POST', body })).body;
}

/** Opens a cart for the token's user, or for a guest without a token. */
export async function openCart(token?: string): Promise<Cart> {
  return (await request<Cart>('/carts', { method: 'POST', token })).body;
}
