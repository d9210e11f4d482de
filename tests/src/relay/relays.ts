import type { ServiceName } from '@tandem/contracts/topology';
import { createProduct } from '@tandem/product/domain/edit-product';
import type { StoredProduct } from '@tandem/product/domain/product';
import { productKey } from '@tandem/product/store/entity-types';
import { openQueues, type TestMessage } from '../support/queues.ts';
import { type FaultyAws, startFaultyAws } from './faulty-aws.ts';
import { type RelayFunction, startFunction } from './function.ts';
import { type LambdaRecord, openStreamedTable } from './streamed-table.ts';

export const CART_QUEUE = 'cart-product-updates-queue';
export const PRODUCT_QUEUE = 'product-cart-events-queue';
export const PRODUCT_PARKING = 'product-relay-parking-queue';
export const CART_PARKING = 'cart-relay-parking-queue';

export const NOW = new Date().toISOString();
export const traceId = '0af7651916cd43dd8448eb211c80319c';
export const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
export const content = { name: 'Mug', price: 1200, currency: 'EUR', category: 'cups' };
/** Fields of the created products in events. */
export const state = { ...content, inventory: 10, onHand: 10, held: 0, incarnation: 1, updatedAt: NOW };

/** Creates a decision that creates a product. */
export const creation =
  (id: string, name = content.name) =>
  (stored: StoredProduct | undefined) =>
    createProduct({ stored }, id, { content: { ...content, name }, inventory: 10 }, NOW);

/** Creates products; returns the records of the table's stream. */
export async function createdProducts(...ids: string[]): Promise<LambdaRecord[]> {
  const { table, takeRecords } = openStreamedTable('products', traceparent);
  for (const id of ids) await table.update(productKey(id), creation(id));
  return takeRecords();
}

/** Response of a relay that fails these records. */
export const failures = (...records: readonly { dynamodb: { SequenceNumber: string } }[]) => ({
  batchItemFailures: records.map(({ dynamodb }) => ({ itemIdentifier: dynamodb.SequenceNumber })),
});

/** Event ids of messages. */
export const eventIds = (messages: readonly TestMessage[]) =>
  messages.map(({ attributes }) => attributes?.['eventId']);

/** Relays as they ship, with SNS and SQS that can fail. */
export interface Relays extends AsyncDisposable {
  readonly aws: FaultyAws;
  readonly functions: Readonly<Record<'product' | 'cart', RelayFunction>>;
  /** Receives and deletes all messages of a queue. A published event is in its queue once SNS has responded. */
  readonly receive: (queue: string) => Promise<readonly Required<TestMessage>[]>;
}

/** Starts the relays of both services. */
export async function startRelays(): Promise<Relays> {
  await using starting = new AsyncDisposableStack();
  const aws = starting.use(await startFaultyAws());
  const queues = starting.use(openQueues(aws.workingEndpoint));
  const start = async (service: ServiceName) => starting.use(await startFunction(service, aws.endpoint));
  const [product, cart] = await Promise.all([start('product'), start('cart')]);
  const started = starting.move();
  return {
    aws,
    functions: { product, cart },
    receive: (queue) => queues.receiveAll(queue),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}
