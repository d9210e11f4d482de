import { createLogger } from '@tandem/chassis/logger';
import type { ApplyBatch } from '@tandem/chassis/messaging/consumer';
import { startConsumer } from '@tandem/chassis/messaging/start-consumer';
import { createMetrics } from '@tandem/chassis/metrics';
import type { NewEvent } from '@tandem/contracts/events';
import { createStockHolds } from '@tandem/product/application/stock-holds';
import { createProduct } from '@tandem/product/domain/edit-product';
import { live } from '@tandem/product/domain/product';
import { applyCartEvents } from '@tandem/product/messaging/cart-events';
import { productKey } from '@tandem/product/store/entity-types';
import { createTable } from '@tandem/storage/create-table';
import { dynamoDriver } from '@tandem/storage/dynamodb';
import { openBacklog } from './backlog.ts';
import { openConflictingStore } from './conflicting-store.ts';

/** Latencies of DynamoDB within a region, in milliseconds. */
const LATENCIES = { read: 4, transaction: 15 };

const HOT = 'hot';
const STOCK = 1_000_000;

export interface Run {
  readonly tasks: number;
  /** Largest number of messages that a task applies together. */
  readonly maxBatchSize: number;
  /** Every so many-th message is about the hot product; the others are about products of their own. */
  readonly every: number;
  /** Moves of the hot product. */
  readonly moves: number;
}

export interface Measured extends Run {
  readonly movesPerSecond: number;
  readonly transactions: number;
  readonly conflicts: number;
  /** Conflicts of an average batch. */
  readonly conflictsPerBatch: number;
  /** 99th percentile of the times in which a batch is applied. */
  readonly p99Ms: number;
  readonly cpuMsPerMessage: number;
}

/** Time in which Product's consumers apply a backlog of moves of one product's stock, each task with a table of its own. */
export async function measure(run: Run): Promise<Measured> {
  const { tasks, maxBatchSize, every, moves } = run;
  const store = openConflictingStore(LATENCIES);
  const metrics = createMetrics();
  const now = () => new Date().toISOString();
  const openTable = () =>
    createTable(dynamoDriver(store.call, 'products'), {
      now: Date.now,
      onConflict: () => metrics.count('ConflictsRetried'),
    });
  const table = openTable();
  const stockProduct = (productId: string) =>
    table.update(productKey(productId), (stored) =>
      createProduct(
        { stored },
        productId,
        { content: { name: productId, price: 1, currency: 'USD' }, inventory: STOCK },
        now(),
      ),
    );
  const productIds = Array.from({ length: moves * every }, (_, i) => (i % every === 0 ? HOT : `other-${i}`));
  await Promise.all([...new Set(productIds)].map(stockProduct));
  const { sqs, whenEmpty } = openBacklog(
    productIds.map((productId, i) => JSON.stringify(addedEvent(productId, `cart-${i}`, now()))),
  );

  const batchMs: number[] = [];
  const before = { ...store.counts };
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const logger = createLogger({ name: 'bench', level: 'error' });
  const consumers = Array.from({ length: tasks }, () => {
    const stockHolds = createStockHolds({ table: openTable(), metrics, holdSeconds: 900, now });
    const publishSnapshotPage = () => Promise.reject(new Error('no snapshot was requested'));
    const applyEvents = applyCartEvents({ stockHolds, publishSnapshotPage });
    const apply: ApplyBatch = async (events) => {
      const started = performance.now();
      const outcomes = await applyEvents(events);
      batchMs.push(performance.now() - started);
      return outcomes;
    };
    const ping = async () => undefined;
    return startConsumer({ sqs, queueUrl: 'queue', apply, maxBatchSize, ping, logger, metrics });
  });
  await whenEmpty;
  const seconds = (performance.now() - begun) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  await Promise.all(consumers.map((consumer) => consumer.stop()));

  const held = live(await table.get(productKey(HOT)))?.held;
  if (held !== moves) throw new Error(`${held} units are held after ${moves} moves of one unit each`);
  const conflicts = metrics.counts()['ConflictsRetried'] ?? 0;
  return {
    ...run,
    movesPerSecond: moves / seconds,
    transactions: store.counts.written - before.written,
    conflicts,
    conflictsPerBatch: conflicts / batchMs.length,
    p99Ms: batchMs.toSorted((a, b) => a - b)[Math.floor(batchMs.length * 0.99)] ?? Number.NaN,
    cpuMsPerMessage: (user + system) / 1_000 / (moves * every),
  };
}

function addedEvent(productId: string, cartId: string, timestamp: string): NewEvent {
  return {
    eventType: 'ProductAddedToCart',
    cartId,
    userId: null,
    productId,
    priceAtAdd: 1,
    qty: 1,
    lineQty: 1,
    timestamp,
    cartVersion: 2,
  };
}
