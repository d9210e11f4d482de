import assert from 'node:assert/strict';
import { client } from './http.ts';
import { atRest } from './queues.ts';
import { until } from './until.ts';

/** Asserts the available units of products: waits for them, and checks them again at rest. */
export async function assertStock(
  { gateway, aws }: { readonly gateway: string; readonly aws: string },
  expected: Readonly<Record<string, number>>,
): Promise<void> {
  const { product } = client(gateway);
  const available = async () => {
    const products = await Promise.all(Object.keys(expected).map(product));
    return Object.fromEntries(products.map(({ body }) => [body.productId, body.inventory]));
  };
  const isExpected = (stock: Readonly<Record<string, number>>) =>
    Object.entries(expected).every(([productId, inventory]) => stock[productId] === inventory);
  await until(available, isExpected);
  await atRest(aws);
  assert.deepEqual(await available(), expected);
}
