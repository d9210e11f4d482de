import assert from 'node:assert/strict';
import { client } from './http.ts';
import { atRest } from './queues.ts';
import { until } from './until.ts';

/** Asserts that these are what is left of the products: as soon as may be, and still once nothing moves any more. */
export async function assertStock(
  { gateway, aws }: { readonly gateway: string; readonly aws: string },
  expected: Readonly<Record<string, number>>,
): Promise<void> {
  const { product } = client(gateway);
  const left = async () => {
    const products = await Promise.all(Object.keys(expected).map(product));
    return Object.fromEntries(products.map(({ body }) => [body.productId, body.inventory]));
  };
  const isExpected = (stock: Readonly<Record<string, number>>) =>
    Object.entries(expected).every(([productId, inventory]) => stock[productId] === inventory);
  await until(left, isExpected);
  await atRest(aws);
  assert.deepEqual(await left(), expected);
}
