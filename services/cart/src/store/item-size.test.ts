import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { NewEvent } from '@tandem/contracts/events';
import { itemOf } from '@tandem/storage/dynamodb-items';
import { pkOf } from '@tandem/storage/pk';
import { addItem, type Cart, openCart } from '../domain/cart.ts';
import { MAX_LINES } from '../domain/line.ts';
import { mergeCarts } from '../domain/merge.ts';
import { at, catalogOf, errorOf, product } from '../domain/testing.ts';
import { cartKey } from './entity-types.ts';

const LIMIT_BYTES = 400 * 1024;
const WIDE = '\u4e2d';
const MAX_VERSION = 1_000_000_000;
const MAX_PRODUCT_VERSION = 1_000_000_000_000;

/** A cart with the maximum number of lines, ids and names of the maximum length. */
function fullCart(cartId: string, userId: string | null): Cart {
  const ids = Array.from({ length: MAX_LINES }, (_, i) => `${'p'.repeat(124)}${i}`);
  return ids.reduce(
    (cart, id) => addItem(cart, product(id, { name: WIDE.repeat(200) }), 1, at(1)).state,
    openCart(cartId, userId, at(0)).state,
  );
}

/** Size by DynamoDB's rules: names and values in UTF-8, 3 bytes for a list or map, and 1 for each of its elements. */
function sizeOf(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.SS) return value.SS.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 1;
  if (value.L) return value.L.reduce((sum, element) => sum + 1 + sizeOf(element), 3);
  return value.M ? sizeOfAll(value.M, 1) + 3 : 1;
}

function sizeOfAll(fields: Readonly<Record<string, AttributeValue>>, overheadBytes = 0): number {
  return Object.entries(fields).reduce(
    (sum, [name, value]) => sum + overheadBytes + Buffer.byteLength(name) + sizeOf(value),
    0,
  );
}

test('the largest possible cart fits into an item, with its pending merges and events', () => {
  const mergeTimes = { target: at(2), source: at(2) };
  let target = fullCart(`cart-${'t'.repeat(22)}`, WIDE.repeat(255));
  let merges = 0;
  let events: readonly NewEvent[] = [];
  const merge = () =>
    mergeCarts(target, fullCart(`cart-${String(merges).padStart(22, 's')}`, null), catalogOf(), mergeTimes);
  for (; merges < 10; merges++) ({ state: target, events } = merge().target);
  assert.equal(errorOf(merge).code, 'merges-pending');

  const lines = target.lines.map((line) => ({
    ...line,
    requestedAt: MAX_VERSION,
    heldQty: 999,
    heldUntil: at(3).now,
    holdVersion: MAX_PRODUCT_VERSION,
    response: { cartVersion: MAX_VERSION, revision: MAX_PRODUCT_VERSION },
    shortage: { availableQty: MAX_VERSION, productVersion: MAX_PRODUCT_VERSION },
    stock: { version: MAX_PRODUCT_VERSION, inventory: MAX_VERSION },
  }));
  const row = {
    pk: pkOf(cartKey(target.cartId)),
    version: target.version,
    state: { ...target, lines },
    events,
  };
  const bytes = sizeOfAll(itemOf({ ...row, traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }));
  assert.ok(bytes < LIMIT_BYTES, `${bytes} bytes`);
});
