import type { SQSClient } from '@aws-sdk/client-sqs';
import { localTarget } from '@tandem/dlq/target';
import { findQueue } from '@tandem/dlq/queues';
import type { RedriveRecord } from '@tandem/dlq/record';
import { createWorkbench, type WorkbenchOptions } from '@tandem/dlq/workbench';
import { productUpdated } from '../support/events.ts';
import { startMessaging } from '../support/messaging.ts';
import { openQueues, type TestMessage } from '../support/queues.ts';

/** Opens SNS and SQS without a service, and a workbench on them with its records. */
export async function openWorkbench(options: Partial<WorkbenchOptions> = {}) {
  await using starting = new AsyncDisposableStack();
  const { endpoint } = starting.use(await startMessaging());
  const queues = starting.use(openQueues(endpoint));
  const records: RedriveRecord[] = [];
  const workbench = createWorkbench({
    ...starting.use(localTarget(endpoint)),
    sqs: queues.sqs,
    saveRecord: async (record) => void records.push(record),
    who: 'tester',
    ...options,
  });
  const opened = starting.move();
  return {
    ...queues,
    ...workbench,
    endpoint,
    records,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

export const cartDlq = findQueue('cart-product-updates-dlq');
export const parkingQueue = findQueue('product-relay-parking-queue');
export const CART_QUEUE = cartDlq.destination.name;

/** Creates events for Cart, each of another product. */
export const productUpdates = (count: number): readonly TestMessage[] =>
  Array.from({ length: count }, (_, i) => productUpdated(`p${i}`));

/** Bodies of messages in an order without chance. */
export const sortedBodies = (messages: readonly Pick<TestMessage, 'body'>[]) =>
  messages.map(({ body }) => body).toSorted();

/** Maximum rate. */
export const FAST = { rate: 500 };

/** Runs work before each command of this name; a rejection fails the command. */
export function beforeCommand(
  sqs: SQSClient,
  command: string,
  work: (call: number) => void | Promise<void>,
): void {
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
