import { ChangeMessageVisibilityBatchCommand, type Message, type SQSClient } from '@aws-sdk/client-sqs';
import type { TandemEvent } from '@tandem/contracts/events';
import { readEvent } from '@tandem/contracts/read-event';
import { Consumer } from 'sqs-consumer';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { Running } from '../lifecycle.ts';
import { runWithTrace } from '../trace.ts';

/** What became of one event of a batch: applied, or the reason why not. */
export type Applied = { readonly status: 'applied' } | { readonly status: 'failed'; readonly error: unknown };

const traces = new WeakMap<TandemEvent, string | undefined>();

/** Runs the work that one event of a batch causes in the trace that the event came with. */
export function inTraceOf<T>(event: TandemEvent, work: () => T): T {
  return runWithTrace(traces.get(event), work);
}

/** Applies a batch; resolves to one outcome an event, in their order. A rejection fails them all. */
export type ApplyBatch = (events: readonly TandemEvent[]) => Promise<readonly Applied[]>;

export interface ConsumerOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly apply: ApplyBatch;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** How long a receive waits for messages. */
  readonly waitTimeSeconds?: number;
}

/**
 * Consumes a queue in batches of up to ten. An unknown type is acknowledged and counted. A body that its schema
 * refuses is returned at once, so that it reaches the dead-letter queue without delaying others; what failed for
 * another reason is returned with a growing delay. On `stop` the batch in hand is finished and deleted.
 */
export function startConsumer({
  sqs,
  queueUrl,
  apply,
  log,
  metrics,
  waitTimeSeconds = 20,
}: ConsumerOptions): Running {
  let busy = false;
  let stopping = false;

  const handle = async (messages: Message[]): Promise<Message[]> => {
    const read = messages.map((message) => ({ message, result: readEvent(message.Body ?? '') }));
    const acknowledged: Message[] = [];
    const returned: Returned[] = [];
    const deliveries: { message: Message; event: TandemEvent }[] = [];
    for (const { message, result } of read) {
      if (result.ok) {
        traces.set(result.event, message.MessageAttributes?.['traceparent']?.StringValue);
        deliveries.push({ message, event: result.event });
      } else if (result.reason === 'unknownType') {
        metrics.count('messages_of_unknown_type');
        log.warn(
          { eventType: result.eventType, messageId: message.MessageId },
          'unknown event type acknowledged',
        );
        acknowledged.push(message);
      } else {
        metrics.count('messages_invalid');
        log.error({ messageId: message.MessageId, ...result }, 'message refused by its schema');
        returned.push({ message, delaySeconds: 0 });
      }
    }
    const outcomes = await applyAll(deliveries);
    for (const [position, { message, event }] of deliveries.entries()) {
      const outcome = outcomes[position] ?? { status: 'failed', error: new Error('no outcome') };
      if (outcome.status === 'applied') {
        acknowledged.push(message);
      } else {
        metrics.count('messages_failed');
        log.error(
          { err: outcome.error, eventId: event.eventId, messageId: message.MessageId },
          'event not applied',
        );
        returned.push({ message, delaySeconds: backoffSeconds(message) });
      }
    }
    await returnToQueue(sqs, queueUrl, returned);
    return acknowledged;
  };

  const applyAll = async (deliveries: readonly { message: Message; event: TandemEvent }[]) => {
    if (deliveries.length === 0) return [];
    try {
      return await apply(deliveries.map(({ event }) => event));
    } catch (error) {
      return deliveries.map((): Applied => ({ status: 'failed', error }));
    }
  };

  const consumer = Consumer.create({
    queueUrl,
    sqs,
    batchSize: 10,
    waitTimeSeconds,
    messageAttributeNames: ['traceparent'],
    messageSystemAttributeNames: ['ApproximateReceiveCount'],
    authenticationErrorTimeout: 1_000,
    handleMessageBatch: (messages) => {
      busy = true;
      return handle(messages);
    },
  });
  consumer.on('response_processed', () => (busy = false));
  consumer.on('error', (err) => {
    if (!stopping) log.error({ err }, 'queue not reachable');
  });
  consumer.start();

  return {
    async stop() {
      // Not `once` of node:events, which rejects where the batch could not be deleted.
      if (busy) await new Promise<void>((resolve) => consumer.once('response_processed', () => resolve()));
      stopping = true;
      consumer.stop({ abort: true });
    },
  };
}

interface Returned {
  readonly message: Message;
  readonly delaySeconds: number;
}

/** 1, 5, 25, 125 s: the receives before the dead-letter queue outlast an outage of minutes. */
function backoffSeconds(message: Message): number {
  const receives = Number(message.Attributes?.ApproximateReceiveCount ?? 1);
  return 5 ** Math.min(receives - 1, 3);
}

/** Best effort: where it fails, the messages come back when their visibility timeout is over. */
async function returnToQueue(sqs: SQSClient, queueUrl: string, returned: readonly Returned[]): Promise<void> {
  if (returned.length === 0) return;
  const entries = returned.map(({ message, delaySeconds }, position) => ({
    Id: String(position),
    ReceiptHandle: message.ReceiptHandle,
    VisibilityTimeout: delaySeconds,
  }));
  await sqs
    .send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries: entries }))
    .catch(() => undefined);
}
