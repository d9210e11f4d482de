/** Routes that are measured, and the service of ours that has them. */
export const routes = {
  add: { service: 'cart', name: 'add a line (carts of 2)' },
  cart: { service: 'cart', name: 'read a cart (of 2 lines)' },
  'add-1': { service: 'cart', name: 'add to a cart of 1 line' },
  'add-100': { service: 'cart', name: 'add to a cart of 100 lines' },
  'add-minimal': { service: 'cart', name: 'add a line, return=minimal' },
  'add-1-minimal': { service: 'cart', name: '… of 1 line, return=minimal' },
  'add-100-minimal': { service: 'cart', name: '… of 100 lines, return=minimal' },
  hold: { service: 'cart', name: 'renew a hold' },
  product: { service: 'product', name: 'read a product from the table' },
  'product-again': { service: 'product', name: 'read the same product again' },
  'product-304': { service: 'product', name: 'read a product, 304' },
  category: { service: 'product', name: 'list a category (20)' },
  all: { service: 'product', name: 'list all products (20)' },
  price: { service: 'product', name: 'change a price' },
} as const;

export type RouteId = keyof typeof routes;

/** All routes, in the order of reports. */
export const routeIds = Object.keys(routes) as readonly RouteId[];

/** A request; default: GET without a token and with the response 200. */
export interface RouteRequest {
  readonly path: string;
  readonly method?: 'GET' | 'POST' | 'PATCH';
  readonly token?: string | undefined;
  readonly body?: object;
  readonly etag?: string | undefined;
  /** Asks for a response without the cart, by `Prefer: return=minimal` (RFC 7240). */
  readonly isMinimal?: boolean;
  readonly status?: number;
}

/** The requests of an API by route, numbered over all rounds; an API need not have all routes. */
export type ApiRoutes = Readonly<Partial<Record<RouteId, (i: number) => RouteRequest>>>;

/** Lines of a long cart, which is the greatest number. */
export const LONG_CART_LINES = 100;
/** Products in a list. */
export const LISTED = 20;

/**
 * Numbers of carts that routes need: many of one to three lines, short ones of one line, and long ones, all lines of which take
 * turns. Each request adds a unit to a line, which takes 999, and consecutive requests are for different carts.
 */
export function cartCounts(chosen: readonly RouteId[]) {
  const isAny = (...ids: RouteId[]) => ids.some((id) => chosen.includes(id));
  return {
    many: isAny('add', 'add-minimal', 'cart', 'hold') ? 500 : 0,
    short: isAny('add-1', 'add-1-minimal') ? 200 : 0,
    long: isAny('add-100', 'add-100-minimal') ? 20 : 0,
  };
}
