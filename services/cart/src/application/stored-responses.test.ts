import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { itemOf } from '@tandem/storage/dynamodb-items';
import type { Row } from '@tandem/storage/driver';
import { acceptPrice } from '../domain/accept-price.ts';
import { addItem } from '../domain/cart.ts';
import { requireProduct } from '../domain/catalog.ts';
import { product } from '../domain/testing.ts';
import { catalogKey } from '../store/entity-types.ts';
import { caller, openStore } from './testing.ts';

const bytesOf = (item: Readonly<Record<string, AttributeValue>>) => JSON.stringify(item).length;

/** A cart of 100 different lines, and the rows that a request with a key writes. */
async function openFullCart(t: TestContext) {
  const { first, writes } = await openStore(t);
  const { carts, table } = first;
  const ids = Array.from({ length: 100 }, (_, i) => `${((i * 7_919_777) % 999_983).toString(36)}-article`);
  for (const [i, id] of ids.entries())
    await table.putIfNewer(
      catalogKey(id),
      product(id, { name: `Article ${id}`, price: (i * 104_729) % 9_999 }),
    );
  const user = caller('user-1');
  await carts.open(user, 'cart-1');
  for (const id of ids)
    await carts.change(
      user,
      'cart-1',
      (cart, catalog, times) => addItem(cart, requireProduct(catalog, id), 1, times),
      id,
    );
  let replays = 0;
  const idempotent = { id: 'i', fingerprint: 'f', expiresAt: 2 ** 40, onReplay: () => void replays++ };
  const accept = () =>
    carts.change({ ...user, idempotent }, 'cart-1', (cart, catalog, times) =>
      acceptPrice(cart, ids[0] ?? '', catalog, {}, times),
    );
  return { accept, writes, replays: () => replays };
}

test('security 2: a request with a key that changes nothing in a cart of 100 lines stores 2 KB at most, and writes nothing else', async (t) => {
  const { accept, writes, replays } = await openFullCart(t);
  writes.length = 0;
  const response = JSON.stringify(await accept());
  assert.ok(response.length > 19_000, `${response.length} bytes`);
  const puts = writes.flatMap((text) => JSON.parse(text) as { pk: string; row?: Row }[]);
  assert.deepEqual(
    puts.map(({ pk }) => pk.split('#')[0]),
    ['request'],
    'no condition check of the cart, which would cost as much as writing it',
  );
  const [record] = puts;
  const bytes = record?.row ? bytesOf(itemOf(record.row)) : Infinity;
  t.diagnostic(`${response.length} bytes of response, stored as ${bytes}`);
  assert.ok(bytes <= 2_048, `${bytes} bytes`);
  assert.deepEqual([JSON.stringify(await accept()), replays()], [response, 1]);
});
