import { randomUUID } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SNSClient } from '@aws-sdk/client-sns';
import { createApp } from '@tandem/chassis/http/app';
import { startConsumer } from '@tandem/chassis/messaging/consumer';
import { attributesOf, bodyOf, createPublisher } from '@tandem/chassis/messaging/publisher';
import { createService, type Service, type ServiceDeps } from '@tandem/chassis/service';
import { currentTraceparent } from '@tandem/chassis/trace';
import { cachedTable } from '@tandem/storage/cached';
import type { Table } from '@tandem/storage/table';
import { createProducts } from './application/products.ts';
import { createStockHolds } from './application/stock-holds.ts';
import { IMPORT_TIMEOUT_MS, registerImport } from './http/import.ts';
import { registerReads } from './http/reads.ts';
import { registerWrites } from './http/writes.ts';
import { applyCartEvents } from './messaging/cart-events.ts';
import { startHoldExpiry } from './messaging/hold-expiry.ts';
import { createSnapshots, type SnapshotRequest } from './messaging/snapshot.ts';

export interface ProductDeps extends ServiceDeps {
  readonly table: Table;
  readonly sns: SNSClient;
  readonly topicArn: string;
  /** How long a hold lasts after the last change of its line, in seconds; 0: as long as the cart. */
  readonly holdSeconds: number;
  /** How often overdue holds are looked for, in milliseconds; default: 10 s, or a quarter of a shorter hold. */
  readonly sweepMs?: number;
  /** Time to live of the cache of product reads, in milliseconds. Default: 0. */
  readonly readCacheMs?: number;
}

/** Well below the minute within which an overdue hold has to end. */
const SWEEP_MS = 10_000;
const MIN_SWEEP_MS = 250;

/** Products that are kept: what a task reads in a second, and some 30 MB where each has a long description. */
const MAX_CACHED = 2_000;

/** The Product service: the catalog and its stock, which it reserves for carts at their events. */
export async function createProductService(deps: ProductDeps): Promise<Service> {
  const {
    sns,
    sqs,
    topicArn,
    queueUrl,
    auth,
    logger,
    metrics,
    tracer,
    validateResponses = false,
    limits = {},
    holdSeconds,
  } = deps;
  const table = cachedTable(deps.table, { ttlMs: deps.readCacheMs ?? 0, maxItems: MAX_CACHED });
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
    name: 'Tandem Product',
    version: '1.0.0',
    description: 'Product catalog and stock',
    logger,
    metrics,
    auth,
    tracer,
    limits,
    requestTimeoutMs: IMPORT_TIMEOUT_MS,
    validateResponses,
    health: {
      ready: async () => [await table.ping().then(() => ({ name: 'table', ok: true }))],
    },
  });
  const products = createProducts({ table, now });
  registerReads(app, table);
  registerWrites(app, { products, table, requestSnapshot, newId: randomUUID });
  await registerImport(app, { table, products });

  const stockHolds = createStockHolds({ table, metrics, holdSeconds, now });
  const everyMs = deps.sweepMs ?? Math.max(MIN_SWEEP_MS, Math.min(SWEEP_MS, holdSeconds * 250 || SWEEP_MS));

  return createService(app, () => [
    startConsumer({
      sqs,
      queueUrl,
      apply: applyCartEvents({ stockHolds, publishSnapshotPage }),
      ping: () => table.ping(),
      log: logger,
      metrics,
      tracer,
      pauseMs: deps.receivePauseMs ?? 0,
    }),
    startHoldExpiry({ table, stockHolds, everyMs, now, log: logger }),
  ]);
}
