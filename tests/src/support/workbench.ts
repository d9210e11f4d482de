import {
  DeleteMessageBatchCommand,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { relayOf } from '@tandem/contracts/topology';
import { localTarget } from '@tandem/dlq/target';
import { findQueue } from '@tandem/dlq/queues';
import type { RedriveRecord } from '@tandem/dlq/record';
import { createWorkbench, type WorkbenchOptions } from '@tandem/dlq/workbench';
import { queueUrl } from '@tandem/emulators/messaging-config';
import { startEmulator } from '@tandem/emulators/messaging';

/** Message that a test sends. */
export interface Sent {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

export const TRACE = '0123456789abcdef0123456789abcdef';

/** Valid event for Cart, as the relay sends it. */
export function productUpdated(productId: string, fields: object = {}): Sent {
  const eventId = `product/${productId}/2/0`;
  const updatedAt = '2026-02-14T15:00:00Z';
  const body = { name: productId, price: 1999, currency: 'USD', inventory: 120, updatedAt, version: 2 };
  return {
    body: JSON.stringify({ eventType: 'ProductUpdated', eventId, productId, ...body, ...fields }),
    attributes: {
      eventType: 'ProductUpdated',
      eventId,
      traceparent: `00-${TRACE}-0123456789abcdef-01`,
    },
  };
}

/** Opens the queues of an endpoint, to send and receive messages. */
export function openQueues(endpoint: string) {
  const target = localTarget(endpoint);
  const { sqs } = target;
  return {
    target,
    async put(queue: string, ...messages: readonly Sent[]): Promise<void> {
      for (let i = 0; i < messages.length; i += 10) {
        const Entries = messages.slice(i, i + 10).map(({ body, attributes = {} }, i) => ({
          Id: String(i),
          MessageBody: body,
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, StringValue]) => [
              name,
              { DataType: 'String', StringValue },
            ]),
          ),
        }));
        await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl(endpoint, queue), Entries }));
      }
    },
    /** Receives and deletes all visible messages. */
    async take(queue: string): Promise<readonly Required<Sent>[]> {
      const QueueUrl = queueUrl(endpoint, queue);
      const taken: Required<Sent>[] = [];
      for (;;) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
        );
        if (Messages.length === 0) return taken;
        for (const { Body: body = '', MessageAttributes = {} } of Messages)
          taken.push({ body, attributes: valuesOf(MessageAttributes) });
        const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
        await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      }
    },
    [Symbol.dispose]: () => target[Symbol.dispose](),
  };
}

function valuesOf(attributes: Readonly<Record<string, MessageAttributeValue>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { StringValue = '' }]) => [name, StringValue]),
  );
}

/** Opens SNS and SQS without a service, and a workbench on them with its records. */
export async function openBench(options: Partial<WorkbenchOptions> = {}) {
  await using starting = new AsyncDisposableStack();
  const emulator = await startEmulator({ host: '127.0.0.1', port: 0, directory: undefined });
  starting.defer(() => emulator.stop());
  const queues = starting.use(openQueues(emulator.endpoint));
  const records: RedriveRecord[] = [];
  const bench = createWorkbench({
    ...queues.target,
    saveRecord: async (record) => void records.push(record),
    who: 'tester',
    ...options,
  });
  const opened = starting.move();
  return {
    ...queues,
    ...bench,
    endpoint: emulator.endpoint,
    records,
    bench,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

export const cartDlq = findQueue('cart-product-updates-dlq');
export const subscriptionDlq = findQueue('cart-product-updates-subscription-dlq');
export const parking = findQueue('product-relay-parking-queue');
export const CART_QUEUE = cartDlq.destination.name;
export const PRODUCT_TOPIC = relayOf('product').topic;

/** Creates events for Cart. */
export const many = (count: number, prefix = 'p'): readonly Sent[] =>
  Array.from({ length: count }, (_, i) => productUpdated(`${prefix}${i}`));

export const sorted = (messages: readonly Pick<Sent, 'body'>[]) =>
  messages.map(({ body }) => body).toSorted();

/** Maximum rate. */
export const FAST = { rate: 500 };

/** Runs work before each command of this name; a rejection fails the command. */
export function before(sqs: SQSClient, command: string, work: (call: number) => void | Promise<void>): void {
  let calls = 0;
  sqs.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === command) await work((calls += 1));
        return next(args);
      },
    { step: 'initialize' },
  );
}
