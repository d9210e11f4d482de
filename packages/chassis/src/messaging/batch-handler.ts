import { committedAt } from '@tandem/contracts/committed-at';
import type { TandemEvent } from '@tandem/contracts/events';
import { type EventReading, readEvent } from '@tandem/contracts/read-event';
import { observeAge } from '../metrics.ts';
import { inSpan, noopTracer, type Span } from '../trace.ts';
import { type Applied, type ConsumerOptions, queueNameOf, setDelivery } from './consumer.ts';
import { isUnavailable, withRetry } from './retry.ts';

/** An event's id has any length: a log line has so much of it. */
const MAX_LOGGED_ID = 200;

/** A message of a queue. */
export interface QueueMessage {
  readonly messageId: string | undefined;
  readonly body: string;
  /** W3C traceparent of its publisher. */
  readonly traceparent: string | undefined;
  /** Number of times that it was received, this one included. */
  readonly receives: number;
}

/**
 * Outcome of one message. Only an acknowledged one is deleted. The others are redelivered: one that its schema rejects, one
 * whose event was not begun, one whose event failed because a dependency is unavailable, and one whose event failed for another
 * reason.
 */
export type MessageOutcome = 'acknowledged' | 'invalid' | 'postponed' | 'unavailable' | 'failed';

/**
 * Applies the messages of a batch; resolves to one outcome for each message, in their order; never rejects. Once `deadline`
 * is aborted, the messages that have not been applied fail, those of a running `apply` included.
 */
export type BatchHandler = (
  messages: readonly QueueMessage[],
  deadline?: AbortSignal,
) => Promise<readonly MessageOutcome[]>;

/**
 * Creates the handler of a consumer's batches, which records spans, metrics and log lines. A message of an unknown event
 * type is acknowledged and counted. While a dependency of `apply` is unavailable, events are retried with backoff: for some
 * seconds, or, while a store throttles, until `stopping` or the deadline of a batch is aborted.
 */
export function createBatchHandler(
  {
    queueUrl,
    apply,
    maxBatchSize = 10,
    logger,
    metrics,
    tracer = noopTracer,
    observesDelay = true,
  }: ConsumerOptions,
  stopping: AbortSignal = new AbortController().signal,
): BatchHandler {
  const queue = queueNameOf(queueUrl);

  const startSpan = ({ messageId, traceparent }: QueueMessage): Span =>
    tracer.start(`process ${queue}`, {
      kind: 'consumer',
      parent: traceparent,
      attributes: {
        'messaging.system': 'aws_sqs',
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.destination.name': queue,
        'messaging.message.id': messageId,
      },
    });

  const settle = (
    { message: { messageId }, span, result }: ReadMessage,
    outcome: Applied | undefined,
  ): MessageOutcome => {
    if (!result.ok && result.reason === 'unknownType') {
      metrics.count('MessagesOfUnknownType');
      logger.warn({ eventType: result.eventType, messageId }, 'unknown event type acknowledged');
      span.end();
      return 'acknowledged';
    }
    if (!result.ok) {
      metrics.count('MessagesInvalid');
      logger.error({ messageId, ...result }, 'message rejected by its schema');
      span.end({ 'error.type': 'invalid' });
      return 'invalid';
    }
    const { event } = result;
    if (outcome?.status === 'applied') {
      if (observesDelay) observeAge(metrics, 'PropagationDelay', committedAt(event));
      span.end({ 'tandem.event.type': event.eventType });
      return 'acknowledged';
    }
    if (outcome?.status === 'postponed') {
      span.end({ 'error.type': 'postponed' });
      return 'postponed';
    }
    const err = outcome?.status === 'failed' ? outcome.error : new Error('no outcome');
    metrics.count('MessagesFailed');
    const { eventType } = event;
    const eventId = event.eventId?.slice(0, MAX_LOGGED_ID);
    logger.error({ err, eventType, eventId, messageId }, 'event not applied');
    const errorType = err instanceof Error ? err.name : 'unknown';
    span.end({ 'tandem.event.type': event.eventType, 'error.type': errorType });
    return isUnavailable(outcome) ? 'unavailable' : 'failed';
  };

  const handle = async (
    messages: readonly QueueMessage[],
    deadline: AbortSignal | undefined,
  ): Promise<readonly MessageOutcome[]> => {
    const readMessages = messages.map((message): ReadMessage => ({
      message,
      span: startSpan(message),
      result: readEvent(message.body),
    }));
    const events = readMessages.flatMap(({ message, span, result }) => {
      if (!result.ok) return [];
      setDelivery(result.event, { span, receives: message.receives });
      return [result.event];
    });
    const applying = withRetry(apply)(events, deadline ?? stopping);
    const outcomes = await (deadline ? Promise.race([applying, failuresAt(deadline, events)]) : applying);
    const outcomeByEvent = new Map(events.map((event, position) => [event, outcomes[position]]));
    return readMessages.map((readMessage) => {
      const { span, result } = readMessage;
      const outcome = result.ok ? outcomeByEvent.get(result.event) : undefined;
      return inSpan(span, () => settle(readMessage, outcome));
    });
  };

  return async (messages, deadline) => {
    const outcomes: MessageOutcome[] = [];
    for (let start = 0; start < messages.length; start += maxBatchSize) {
      if (deadline?.aborted) break;
      outcomes.push(...(await handle(messages.slice(start, start + maxBatchSize), deadline)));
    }
    const remaining = messages.slice(outcomes.length);
    if (remaining.length > 0) {
      metrics.count('MessagesFailed', remaining.length);
      logger.error({ messages: remaining.length }, 'messages not applied before the deadline');
    }
    return [...outcomes, ...remaining.map((): MessageOutcome => 'failed')];
  };
}

interface ReadMessage {
  readonly message: QueueMessage;
  readonly span: Span;
  readonly result: EventReading;
}

/** Resolves once the deadline is aborted, to a failure of each event. */
async function failuresAt(
  deadline: AbortSignal,
  events: readonly TandemEvent[],
): Promise<readonly Applied[]> {
  if (!deadline.aborted)
    await new Promise((resolve) => deadline.addEventListener('abort', resolve, { once: true }));
  const error = new Error('The deadline has passed');
  return events.map(() => ({ status: 'failed', error }));
}
