import { request } from './api.ts';

/** Product, as the Product API returns it. */
export interface Product {
  readonly productId: string;
  readonly name: string;
  /** Only set when fetched by id: lists omit it. */
  readonly description?: string;
  readonly category?: string;
  readonly price: number;
  readonly currency: string;
  /** Available units: on hand, less what open carts hold. */
  readonly inventory: number;
  readonly onHand: number;
  readonly held: number;
  /** Limit of units per cart. */
  readonly maxPerCart?: number;
  readonly version: number;
}

/** Page of products, and the cursor of the next page. */
export interface ProductPage {
  readonly items: readonly Product[];
  readonly nextCursor?: string;
}

/** Line item of a cart, with the current price, the availability and the hold of its product. */
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
  /** Maximum quantity of the line. */
  readonly availableQty: number;
  /** Hold of the line's units: confirmed, requested or none. */
  readonly hold: 'held' | 'pending' | 'none';
  /** When the hold expires, RFC 3339; absent where it does not. */
  readonly heldUntil?: string;
}

/** Cart, as the Cart API returns it. A checked-out cart is an order. */
export interface Cart {
  /** Id. A guest's cart id is a secret that grants access: keep it in this tab only and never show it. */
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

/** Page of carts, and the cursor of the next page. */
export interface CartPage {
  readonly items: readonly Cart[];
  readonly nextCursor?: string;
}

/** Fetches a page of products. */
export async function readProducts(query: {
  readonly category?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}): Promise<ProductPage> {
  const parameters = new URLSearchParams({ limit: String(query.limit) });
  if (query.category !== undefined) parameters.set('category', query.category);
  if (query.cursor !== undefined) parameters.set('cursor', query.cursor);
  const { body } = await request<ProductPage>(`/products?${parameters}`);
  return body;
}

/** Fetches up to 100 products by id; unknown ids are omitted. */
export async function readProductsOf(ids: readonly string[]): Promise<readonly Product[]> {
  const { body } = await request<ProductPage>(`/products?${new URLSearchParams({ ids: ids.join(',') })}`);
  return body.items;
}

/** Fetches a product with its description. */
export async function readProduct(productId: string): Promise<Product> {
  const { body } = await request<Product>(productPath(productId));
  return body;
}

/** Path of a product or of one of its sub-resources. */
export function productPath(...parts: readonly string[]): string {
  return `/products/${parts.map(encodeURIComponent).join('/')}`;
}

/** Current price of a line's product, with its currency. */
export function currentPriceOf(
  { currentPrice, currentCurrency }: Pick<Line, 'currentPrice' | 'currentCurrency'>,
  cartCurrency: string | null,
): { readonly price: number; readonly currency: string | null } {
  return { price: currentPrice, currency: currentCurrency ?? cartCurrency };
}

/** Path of a cart or of one of its sub-resources. */
export function cartPath(cartId: string, ...parts: readonly string[]): string {
  return `/carts/${[cartId, ...parts].map(encodeURIComponent).join('/')}`;
}

/** Adds units of a product to a cart and returns the cart. */
export async function addToCart(
  cartId: string,
  item: { readonly productId: string; readonly qty: number },
  token?: string,
): Promise<Cart> {
  const { body } = await request<Cart>(cartPath(cartId, 'items'), { method: 'POST', body: item, token });
  return body;
}

/** Opens a cart for the token's user, or for a guest without a token. */
export async function openCart(token?: string): Promise<Cart> {
  const { body } = await request<Cart>('/carts', { method: 'POST', token });
  return body;
}
