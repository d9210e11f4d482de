import type { Message } from '@aws-sdk/client-sqs';
import { Consumer } from 'sqs-consumer';
import type { Running } from '../lifecycle.ts';
import type { Check } from '../http/health.ts';
import { createBacklogReceiver, deleteMessages, RECEIVE_LIMIT, receivedAttributes } from './backlog.ts';
import { createBatchHandler, type QueueMessage } from './batch-handler.ts';
import { type ConsumerOptions, queueNameOf } from './consumer.ts';
import { createPollScheduler } from './poll-scheduler.ts';
import { createQueueConnection } from './queue-connection.ts';
import { backoffSeconds, receivesOf, type ReturnedMessage, returnToQueue } from './return-to-queue.ts';

/** Largest batch of a task: a crash uses up a receive of each of its messages. */
const MAX_BATCH = 100;
/** Wait of a receive that shows whether a lost queue is back: the shortest that sqs-consumer changes to. */
const PROBE_WAIT_SECONDS = 1;

/** A consumer that polls its queue. */
export interface RunningConsumer extends Running {
  /** Whether the queue has been reached. */
  readonly check: () => Check;
}

/**
 * Polls the queue of a consumer, in batches of up to ten messages; while there is a backlog, of up to its `maxBatchSize`. A message
 * that its schema rejects is returned to the queue without a delay, so that it soon reaches the dead-letter queue. A message that
 * fails otherwise is returned with exponential backoff. While a batch is applied, its messages stay invisible, however long that
 * takes: as long as a store throttles, it is retried, and no message uses up a further receive. While a dependency of `apply` is
 * otherwise unavailable nothing is received. While the queue cannot be reached, receives are retried with backoff. On `stop` what has
 * begun is finished, without a retry, and deleted; the rest of the batch is returned at once.
 */
export function startConsumer(options: ConsumerOptions): RunningConsumer {
  const { sqs, queueUrl, ping, logger, metrics, receivePauseMs = 0 } = options;
  const { waitTimeSeconds = 20, visibilitySeconds = 30 } = options;
  const maxBatchSize = Math.min(options.maxBatchSize ?? RECEIVE_LIMIT, MAX_BATCH);
  const stopping = new AbortController();
  const { signal } = stopping;
  let isBusy = false;
  const scheduler = createPollScheduler({ pauseMs: receivePauseMs, fullBatch: RECEIVE_LIMIT, ping, signal });
  const connection = createQueueConnection({ queue: queueNameOf(queueUrl), logger, signal });
  const applyMessages = createBatchHandler(options, signal);

  const backlog = createBacklogReceiver(sqs, queueUrl, maxBatchSize, signal);

  const handle = async (received: readonly Message[]) => {
    const additional = signal.aborted ? [] : await backlog.more(received);
    const messages = [...received, ...additional];
    scheduler.received(messages.length);
    // Not of a function: Lambda has metrics of its invocations, and each metric costs $0.30 a month.
    metrics.observe('ConsumerBatchSize', messages.length);
    const hide = () =>
      returnToQueue(
        sqs,
        queueUrl,
        messages.map((message) => ({ message, delaySeconds: visibilitySeconds })),
      );
    let hidden: Promise<void> | undefined;
    const hiding = setInterval(() => void (hidden = hide()), (visibilitySeconds * 1_000) / 3);
    const outcomes = await applyMessages(messages.map(queueMessageOf)).finally(() => clearInterval(hiding));
    // Otherwise it might hide a message again that is returned below.
    await hidden;
    const acknowledged: Message[] = [];
    const returnedMessages: ReturnedMessage[] = [];
    for (const [position, message] of messages.entries()) {
      const outcome = outcomes[position];
      if (outcome === 'unavailable') scheduler.unavailable();
      if (outcome === 'acknowledged') acknowledged.push(message);
      else {
        const isDue = outcome === 'invalid' || outcome === 'postponed';
        returnedMessages.push({ message, delaySeconds: isDue ? 0 : backoffSeconds(message) });
      }
    }
    const [errors] = await Promise.all([
      deleteMessages(sqs, queueUrl, acknowledged),
      returnToQueue(sqs, queueUrl, returnedMessages),
    ]);
    for (const err of errors) logger.error({ err }, 'messages not deleted: they are redelivered');
  };

  /** Changes the wait of a receive; sqs-consumer does not change it to 0, which it has from the start. */
  const setWait = (seconds: number) => {
    if (waitTimeSeconds > 0) consumer.updateOption('waitTimeSeconds', seconds);
  };

  const consumer = Consumer.create({
    queueUrl,
    sqs,
    batchSize: RECEIVE_LIMIT,
    // Until the queue has been reached, readiness waits for the response.
    waitTimeSeconds: 0,
    messageAttributeNames: receivedAttributes.MessageAttributeNames,
    messageSystemAttributeNames: receivedAttributes.MessageSystemAttributeNames,
    authenticationErrorTimeout: 0,
    async preReceiveMessageCallback() {
      await connection.untilDue();
      await scheduler.untilNext();
    },
    async postReceiveMessageCallback() {
      if (!connection.isOpen()) setWait(waitTimeSeconds);
      connection.succeeded();
    },
    async handleMessageBatch(messages) {
      isBusy = true;
      await handle(messages);
      // The messages that sqs-consumer is to delete.
      return [];
    },
  });
  consumer.on('response_processed', () => (isBusy = false));
  consumer.on('error', (err, received) => {
    if (received !== undefined) {
      logger.error({ err }, 'batch failed: its messages are redelivered');
      return;
    }
    if (signal.aborted) return;
    if (connection.isOpen()) setWait(PROBE_WAIT_SECONDS);
    connection.failed(err);
  });
  consumer.start();

  return {
    check: connection.check,
    async stop() {
      stopping.abort();
      // Not `once` of node:events, which rejects after an error.
      if (isBusy) await new Promise<void>((resolve) => consumer.once('response_processed', () => resolve()));
      consumer.stop({ abort: true });
    },
  };
}

function queueMessageOf(message: Message): QueueMessage {
  const { MessageId, Body = '', MessageAttributes } = message;
  return {
    messageId: MessageId,
    body: Body,
    traceparent: MessageAttributes?.['traceparent']?.StringValue,
    receives: receivesOf(message),
  };
}
