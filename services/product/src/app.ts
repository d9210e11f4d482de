import { randomUUID } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { createApp } from '@tandem/chassis/http/app';
import { attributesOf, bodyOf, createPublisher } from '@tandem/chassis/messaging/publisher';
import { createService, type Service } from '@tandem/chassis/service';
import { currentTraceparent } from '@tandem/chassis/trace';
import type { ServiceDeps } from '@tandem/runtime/define-service';
import { cachedTable } from '@tandem/storage/cached';
import { createProducts } from './application/products.ts';
import { createStockHolds } from './application/stock-holds.ts';
import { registerHolds } from './http/holds.ts';
import { IMPORT_TIMEOUT_MS, registerImport } from './http/import.ts';
import { registerReads } from './http/reads.ts';
import { registerWrites } from './http/writes.ts';
import { applyCartEvents, MAX_CARTS } from './messaging/cart-events.ts';
import { startHoldExpiry, sweepMsFor } from './messaging/hold-expiry.ts';
import { createSnapshots, type SnapshotRequest } from './messaging/snapshot.ts';
import { createNameChangeRecorder } from './search/name-changes.ts';

export interface ProductDeps extends ServiceDeps<'product'> {
  /** Duration of a hold after the last change of its line, in seconds; 0: as long as the cart. */
  readonly holdSeconds: number;
  /** Pause between two sweeps for overdue holds, in milliseconds. Default: a quarter of a hold, within limits. */
  readonly sweepMs?: number | undefined;
  /** Time to live of the cache of product reads, in milliseconds. Default: 0. */
  readonly readCacheMs?: number;
}

/** Largest number of cached items: the reads of a task in a second, and 30 MB if each has a long description. */
const MAX_CACHED_ITEMS = 2_000;

/** Creates the Product service: the catalog, and its stock, which is reserved for carts by their events. */
export async function createProductService(deps: ProductDeps): Promise<Service> {
  const { sns, sqs, topicArn, logger, metrics, holdSeconds } = deps;
  const queueUrl = deps.queueUrls['product-cart-events-queue'];
  const table = cachedTable(deps.table, { ttlMs: deps.readCacheMs ?? 0, maxItems: MAX_CACHED_ITEMS });
  const now = () => new Date().toISOString();

  const enqueue = async (event: SnapshotRequest) => {
    const eventId = `snapshot/${event.requestId}/from-${event.publishedCount ?? 0}`;
    const outgoing = { eventId, traceparent: currentTraceparent(), event };
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: bodyOf(outgoing),
        MessageAttributes: attributesOf(outgoing),
      }),
    );
  };
  const requestSnapshot = (requestId: string) =>
    enqueue({ eventType: 'ProductSnapshotRequested', requestId, timestamp: now() });
  const publish = createPublisher(sns, topicArn);
  const publishSnapshotPage = createSnapshots({ table, publish, enqueue, currentTraceparent, now });

  const app = await createApp({
    ...deps,
    name: 'Tandem Product',
    version: '1.0.0',
    description: 'Product catalog and stock',
    requestTimeoutMs: IMPORT_TIMEOUT_MS,
    health: {
      ready: async () => [await table.ping().then(() => ({ name: 'table', ok: true }))],
    },
  });
  const onNameChange = createNameChangeRecorder(table, (err) =>
    logger.warn({ err }, 'change of a name not recorded; searches have it within an hour'),
  );
  const products = createProducts({ table, now, onNameChange });
  registerReads(app, table);
  registerHolds(app, table);
  registerWrites(app, { products, table, requestSnapshot, newId: randomUUID });
  await registerImport(app, { table, products });

  const stockHolds = createStockHolds({ table, metrics, holdSeconds, now });
  const everyMs = deps.sweepMs ?? sweepMsFor(holdSeconds);

  return createService(app, {
    consumers: [
      {
        ...deps,
        queueUrl,
        apply: applyCartEvents({ stockHolds, publishSnapshotPage }),
        maxBatchSize: MAX_CARTS,
        ping: () => table.ping(),
      },
    ],
    startWorkers: () => [startHoldExpiry({ table, stockHolds, everyMs, now, log: logger })],
  });
}
