import { createBatchHandler, type QueueMessage } from '@tandem/chassis/messaging/batch-handler';
import { queueNameOf } from '@tandem/chassis/messaging/consumer';
import type { Service } from '@tandem/chassis/service';
import { type FunctionDeps, type InvocationContext, withFlush } from './invocation.ts';

/** A message as Lambda passes it to a function. */
export interface SqsRecord {
  readonly messageId: string;
  readonly body: string;
  /** Names are those that the publisher chose; members of a value are in lower case, other than in SQS itself. */
  readonly messageAttributes?: Readonly<Record<string, { readonly stringValue?: string | undefined }>>;
  readonly attributes?: Readonly<Record<string, string>>;
  /** ARN of the queue. */
  readonly eventSourceARN: string;
}

/** A batch of messages as a Lambda event. */
export interface SqsEvent {
  readonly Records: readonly SqsRecord[];
}

/** Partial batch response: Lambda deletes the other messages, and these are received again after their visibility timeout. */
export interface SqsBatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Time at the end of an invocation to report the outcomes and to send metrics and spans, in milliseconds. */
const RESERVED_MS = 3_000;

/**
 * Creates a Lambda handler of the batches of a service's queues; its event source mappings must report batch item failures.
 * Messages of unknown types are acknowledged. Messages that are invalid or whose event fails are reported, and so are those
 * that are not applied 3 s before the function's timeout, so that the others are not received again. Rejects for an event
 * of another kind or queue: Lambda then returns the whole batch to its queue.
 */
export function createConsume({ consumers }: Pick<Service, 'consumers'>, deps: FunctionDeps) {
  const handlers = new Map(
    consumers.map((consumer) => [
      queueNameOf(consumer.queueUrl),
      // Mostly the batching window, whose age of the oldest message AWS measures for nothing.
      createBatchHandler({ ...consumer, observesDelay: false }),
    ]),
  );

  const failuresOf = async (queue: string, records: readonly SqsRecord[], deadline: AbortSignal) => {
    const applyMessages = handlers.get(queue);
    if (!applyMessages) throw new TypeError(`The service does not consume ${queue}. Remove the trigger.`);
    const outcomes = await applyMessages(records.map(messageOf), deadline);
    return records.flatMap(({ messageId }, position) =>
      outcomes[position] === 'acknowledged' ? [] : [{ itemIdentifier: messageId }],
    );
  };

  return ({ Records }: SqsEvent, context: InvocationContext): Promise<SqsBatchResponse> =>
    withFlush(deps, async () => {
      // Without this, Lambda would treat the empty response as success.
      if (!Array.isArray(Records))
        throw new TypeError('The input is not an event of a queue: it has no records');
      const deadline = new AbortController();
      const availableMs = context.getRemainingTimeInMillis() - RESERVED_MS;
      const timer = setTimeout(() => deadline.abort(), Math.max(availableMs, 0));
      try {
        const failures = [];
        for (const [queue, records] of Map.groupBy(Records as readonly SqsRecord[], queueOf))
          failures.push(...(await failuresOf(queue, records, deadline.signal)));
        return { batchItemFailures: failures };
      } finally {
        clearTimeout(timer);
      }
    });
}

function queueOf({ eventSourceARN }: SqsRecord): string {
  return eventSourceARN.slice(eventSourceARN.lastIndexOf(':') + 1);
}

function messageOf({ messageId, body, messageAttributes, attributes }: SqsRecord): QueueMessage {
  return {
    messageId,
    body,
    traceparent: messageAttributes?.['traceparent']?.stringValue,
    receives: Number(attributes?.['ApproximateReceiveCount'] ?? 1),
  };
}
