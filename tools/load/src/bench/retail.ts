/**
 * The APIs of aws-containers/retail-store-sample-app: its cart, whose table is DynamoDB, and its catalog. They get what ours get: as
 * many carts of as many lines, and lists of as many products.
 */
import { DomainError } from '@tandem/chassis/errors';
import { repeat } from '../prepare.ts';
import type { Client } from './client.ts';
import { type ApiRoutes, cartCounts, LISTED, LONG_CART_LINES, type RouteId } from './routes.ts';

/** Fills carts of the cart service, which takes any product at any price. `run` makes their ids differ from earlier ones. */
export async function prepareRetailCart(
  client: Client,
  chosen: readonly RouteId[],
  run: string,
): Promise<ApiRoutes> {
  const { many, short, long } = cartCounts(chosen);
  const addition = (cart: string, line: number) => ({
    method: 'POST' as const,
    path: `/carts/${run}-${cart}/items`,
    body: { itemId: `load-thing-${line}`, quantity: 1, unitPrice: 1_200 },
    status: 201,
  });
  const fill = (kind: string, count: number, linesOf: (i: number) => number) =>
    repeat(count, async (i) => {
      for (let line = 0; line < linesOf(i); line++) await client.send(addition(`${kind}-${i}`, line));
    });
  await fill('many', many, (i) => 1 + (i % 3));
  await fill('short', short, () => 1);
  await fill('long', long, () => LONG_CART_LINES);
  const add = (i: number) => addition(`many-${i % many}`, 0);
  const addToShort = (i: number) => addition(`short-${i % short}`, 0);
  const addToLong = (i: number) => addition(`long-${i % long}`, Math.floor(i / long) % LONG_CART_LINES);
  return {
    add,
    cart: (i) => ({ path: `/carts/${run}-many-${i % many}` }),
    'add-1': addToShort,
    'add-100': addToLong,
    // Its response is always the line alone.
    'add-minimal': add,
    'add-1-minimal': addToShort,
    'add-100-minimal': addToLong,
  };
}

/** Takes the products that the catalog service was built with, which is all it has: it cannot be written. */
export async function prepareRetailCatalog(client: Client): Promise<ApiRoutes> {
  const products = '/catalog/products';
  const list = async (path: string) => JSON.parse(await client.send({ path })) as Record<string, string>[];
  const ids = (await list(`${products}?size=100000`)).map(({ id }) => id ?? '');
  const [tag] = (await list('/catalog/tags')).map(({ name }) => name ?? '');
  const category = `${products}?tags=${tag}&size=${LISTED}`;
  const listed = (await list(category)).length;
  if (listed < LISTED)
    throw new DomainError(
      'invalid',
      'few-products',
      `The peer's category "${tag}" has ${listed} products, and a list of ours ${LISTED}: build it with the products of docs/benchmark.md`,
    );
  return {
    product: (i) => ({ path: `${products}/${ids[i % ids.length]}` }),
    'product-again': () => ({ path: `${products}/${ids[0]}` }),
    category: () => ({ path: category }),
    all: () => ({ path: `${products}?size=${LISTED}` }),
  };
}
