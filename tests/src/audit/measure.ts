import { BatchWriteItemCommand, CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import type { Cart } from '@tandem/cart/domain/cart';
import { carts } from '@tandem/cart/store/entity-types';
import type { Product } from '@tandem/product/domain/product';
import type { Reservation } from '@tandem/product/domain/reservation';
import { products, reservations } from '@tandem/product/store/entity-types';
import { itemOf, type StoredItem } from '@tandem/storage/dynamodb-items';
import { PARTITION_KEY } from '@tandem/storage/dynamodb-layout';
import { pkOf } from '@tandem/storage/pk';
import { key, type EntityType, type Versioned } from '@tandem/storage/table';
import { sampleResidentMemory } from '../support/resident-memory.ts';

/**
 * Memory measurement of an audit: fills DynamoDB Local with carts and audits them in a separate process:
 * `node tests/src/audit/measure.ts --endpoint http://127.0.0.1:8000 --carts 1000000`, with npm run dynamodb-local.
 */

const { values } = parseArgs({
  options: {
    endpoint: { type: 'string', default: 'http://127.0.0.1:8000' },
    carts: { type: 'string', default: '1000000' },
    products: { type: 'string', default: '10000' },
  },
});
const [cartCount, productCount] = [Number(values.carts), Number(values.products)];
/** Concurrent requests, and items per request. */
const [PARALLEL, BATCH] = [16, 25];

const client = new DynamoDBClient({
  endpoint: values.endpoint,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
const prefix = `audit-${Date.now()}-`;
const now = Date.now();
const updatedAt = new Date(now).toISOString();
const expiresAt = new Date(now + 7 * 24 * 60 * 60 * 1000).toISOString();
const heldUntil = new Date(now + 24 * 60 * 60 * 1000).toISOString();

function storedItem<S extends Versioned>(type: EntityType<S>, id: string, state: S): StoredItem {
  const index = type.index?.(state);
  const expiresAt = type.expiresAt?.(state);
  return itemOf({ pk: pkOf(key(type, id)), version: state.version, state, events: [], index, expiresAt });
}

/** Creates a table without indexes and stream, which an audit does not read and which would slow down the writes. */
async function createTable(table: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: prefix + table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: PARTITION_KEY, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: PARTITION_KEY, KeyType: 'HASH' }],
    }),
  );
}

/** Batch writer with a limit of concurrent requests. */
function openWriter(table: string) {
  const requests = new Set<Promise<void>>();
  let batch: StoredItem[] = [];
  const send = async (items: StoredItem[]): Promise<void> => {
    const puts = items.map((Item) => ({ PutRequest: { Item } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [prefix + table]: puts } }));
  };
  const flush = async (limit: number) => {
    const sending = send(batch).finally(() => requests.delete(sending));
    requests.add(sending);
    batch = [];
    while (requests.size > limit) await Promise.race(requests);
  };
  return {
    async put(item: StoredItem) {
      batch.push(item);
      if (batch.length === BATCH) await flush(PARALLEL);
    },
    end: async () => {
      if (batch.length > 0) await flush(0);
      await Promise.all(requests);
    },
  };
}

/** Lines of a cart: one cart in ten is empty, three have two lines, the rest have one. */
function linesOf(cart: number): number[] {
  const position = cart % 10;
  const first = (cart * 7919) % productCount;
  return position === 0 ? [] : position < 4 ? [first, (first + 1) % productCount] : [first];
}

async function fill(): Promise<void> {
  await createTable('products');
  await createTable('carts');
  const [productWriter, cartWriter] = [openWriter('products'), openWriter('carts')];
  const held = new Map<number, number>();
  for (let i = 0; i < cartCount; i++) {
    const cartId = `cart-${String(i).padStart(22, '0')}`;
    const lines = linesOf(i).map((product) => ({ product, productId: `product-${product}` }));
    const cart: Cart = {
      cartId,
      userId: null,
      status: 'open',
      currency: 'EUR',
      version: 3,
      updatedAt,
      expiresAt,
      lines: lines.map(({ productId }) => ({
        productId,
        name: productId,
        qty: 1,
        priceAtAdd: 100,
        requestedAt: 2,
        heldQty: 1,
        heldUntil,
        holdVersion: 2,
        response: { cartVersion: 2, revision: 1 },
      })),
    };
    await cartWriter.put(storedItem(carts, cartId, cart));
    for (const { product, productId } of lines) {
      held.set(product, (held.get(product) ?? 0) + 1);
      const reservation: Reservation = {
        productId,
        cartId,
        version: 1,
        cartVersion: 2,
        requestedQty: 1,
        held: 1,
        outcome: 'held',
        heldUntil,
        dueAt: heldUntil,
        holder: 'guest',
        incarnation: 1,
        grantedVersion: 2,
        updatedAt,
      };
      await productWriter.put(storedItem(reservations, `${productId}/${cartId}`, reservation));
    }
    if (i % 10_000 === 0) process.stdout.write(`${i} carts ${Math.round(performance.now() / 1000)} s\n`);
  }
  for (let i = 0; i < productCount; i++) {
    const productId = `product-${i}`;
    const product: Product = {
      productId,
      name: productId,
      price: 100,
      currency: 'EUR',
      onHand: 1_000,
      held: held.get(i) ?? 0,
      ledger: { stocked: 1_000, sold: 0, missing: 0 },
      version: 2,
      contentVersion: 1,
      incarnation: 1,
      createdAt: updatedAt,
      updatedAt,
    };
    await productWriter.put(storedItem(products, productId, product));
  }
  await Promise.all([productWriter.end(), cartWriter.end()]);
}

const start = performance.now();
await fill();
process.stdout.write(`filled in ${Math.round((performance.now() - start) / 1000)} s: ${prefix}\n`);
client.destroy();

const script = fileURLToPath(import.meta.resolve('@tandem/audit/main'));
const child = spawn(process.execPath, [script, '--aws', '--prefix', prefix], {
  env: {
    PATH: process.env['PATH'],
    AWS_ENDPOINT_URL_DYNAMODB: values.endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  },
  stdio: 'inherit',
});
const sampling = sampleResidentMemory(child.pid);
await once(child, 'exit');
const samples = sampling.stop();
const peakOf = (part: readonly number[]) => Math.round(Math.max(0, ...part));
const half = Math.floor(samples.length / 2);
process.stdout.write(
  `peak memory: ${peakOf(samples.slice(0, half))} MB in the first half, ${peakOf(samples.slice(half))} MB in the second\n`,
);
