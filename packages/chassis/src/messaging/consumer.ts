import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import { committedAt } from '@tandem/contracts/committed-at';
import type { TandemEvent } from '@tandem/contracts/events';
import { type EventReading, readEvent } from '@tandem/contracts/read-event';
import { Consumer } from 'sqs-consumer';
import type { Logger } from '../logger.ts';
import { type Metrics, observeAge } from '../metrics.ts';
import type { Running } from '../lifecycle.ts';
import { currentTraceparent, inSpan, noopTracer, type Span, type Tracer } from '../trace.ts';
import { createPollScheduler } from './poll-scheduler.ts';
import { isUnavailable, withRetry } from './retry.ts';
import { backoffSeconds, type ReturnedMessage, returnToQueue } from './return-to-queue.ts';

/** Outcome of one event of a batch. */
export type Applied = { readonly status: 'applied' } | { readonly status: 'failed'; readonly error: unknown };

const spans = new WeakMap<TandemEvent, Span>();

/** Runs `work` in the trace of an event of a batch. */
export function runInEventTrace<T>(event: TandemEvent, work: () => T): T {
  return inSpan(spans.get(event) ?? { traceparent: currentTraceparent() }, work);
}

/** Applies a batch; resolves to one outcome for each event, in their order. A rejection fails every event. */
export type ApplyBatch = (events: readonly TandemEvent[]) => Promise<readonly Applied[]>;

export interface ConsumerOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly apply: ApplyBatch;
  /** Resolves if the dependencies of `apply` respond, rejects otherwise. */
  readonly ping: () => Promise<void>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Records a span of each message. */
  readonly tracer?: Tracer | undefined;
  /** Longest wait of a receive (long polling). */
  readonly waitTimeSeconds?: number;
  /** Pause after a batch that was not full, in milliseconds, so that the next one is fuller. Default: 0. */
  readonly receivePauseMs?: number | undefined;
}

const FULL_BATCH = 10;

/**
 * Consumes a queue in batches of up to ten messages. A message of an unknown event type is acknowledged and counted. A
 * message that its schema rejects is returned to the queue without a delay, so that it soon reaches the dead-letter queue.
 * A message that fails otherwise is returned with exponential backoff. While a dependency of `apply` is unavailable, events
 * are retried with backoff and nothing is received, so that an outage does not use up the receives of messages. On `stop`
 * the batch in flight is finished and deleted.
 */
export function startConsumer({
  sqs,
  queueUrl,
  apply,
  ping,
  logger,
  metrics,
  tracer = noopTracer,
  waitTimeSeconds = 20,
  receivePauseMs = 0,
}: ConsumerOptions): Running {
  const queue = queueUrl.slice(queueUrl.lastIndexOf('/') + 1);
  const stopping = new AbortController();
  const { signal } = stopping;
  let isBusy = false;
  const scheduler = createPollScheduler({ pauseMs: receivePauseMs, fullBatch: FULL_BATCH, ping, signal });
  const applyWithRetry = withRetry(apply, signal);

  const startSpan = ({ MessageId, MessageAttributes }: Message): Span =>
    tracer.start(`process ${queue}`, {
      kind: 'consumer',
      parent: MessageAttributes?.['traceparent']?.StringValue,
      attributes: {
        'messaging.system': 'aws_sqs',
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.destination.name': queue,
        'messaging.message.id': MessageId,
      },
    });

  /** Seconds until the message is redelivered; undefined if it is acknowledged. */
  const settle = (
    { message, span, result }: ReceivedMessage,
    outcome: Applied | undefined,
  ): number | undefined => {
    const { MessageId: messageId } = message;
    if (!result.ok && result.reason === 'unknownType') {
      metrics.count('MessagesOfUnknownType');
      logger.warn({ eventType: result.eventType, messageId }, 'unknown event type acknowledged');
      span.end();
      return undefined;
    }
    if (!result.ok) {
      metrics.count('MessagesInvalid');
      logger.error({ messageId, ...result }, 'message rejected by its schema');
      span.end({ 'error.type': 'invalid' });
      return 0;
    }
    const { event } = result;
    if (outcome?.status === 'applied') {
      observeAge(metrics, 'PropagationDelay', committedAt(event));
      span.end({ 'tandem.event.type': event.eventType });
      return undefined;
    }
    const err = outcome?.error ?? new Error('no outcome');
    if (isUnavailable(outcome)) scheduler.unavailable();
    metrics.count('MessagesFailed');
    const { eventType, eventId } = event;
    logger.error({ err, eventType, eventId, messageId }, 'event not applied');
    const errorType = err instanceof Error ? err.name : 'unknown';
    span.end({ 'tandem.event.type': event.eventType, 'error.type': errorType });
    return backoffSeconds(message);
  };

  const handle = async (messages: Message[]): Promise<Message[]> => {
    scheduler.received(messages.length);
    metrics.observe('ConsumerBatchSize', messages.length);
    const receivedMessages = messages.map((message): ReceivedMessage => ({
      message,
      span: startSpan(message),
      result: readEvent(message.Body ?? ''),
    }));
    const events = receivedMessages.flatMap(({ span, result }) => {
      if (!result.ok) return [];
      spans.set(result.event, span);
      return [result.event];
    });
    const outcomes = await applyWithRetry(events);
    const outcomeByEvent = new Map(events.map((event, position) => [event, outcomes[position]]));
    const acknowledgedMessages: Message[] = [];
    const returnedMessages: ReturnedMessage[] = [];
    for (const receivedMessage of receivedMessages) {
      const { message, span, result } = receivedMessage;
      const outcome = result.ok ? outcomeByEvent.get(result.event) : undefined;
      const delaySeconds = inSpan(span, () => settle(receivedMessage, outcome));
      if (delaySeconds === undefined) acknowledgedMessages.push(message);
      else returnedMessages.push({ message, delaySeconds });
    }
    await returnToQueue(sqs, queueUrl, returnedMessages);
    return acknowledgedMessages;
  };

  const consumer = Consumer.create({
    queueUrl,
    sqs,
    batchSize: FULL_BATCH,
    waitTimeSeconds,
    messageAttributeNames: ['traceparent'],
    messageSystemAttributeNames: ['ApproximateReceiveCount'],
    authenticationErrorTimeout: 1_000,
    preReceiveMessageCallback: () => scheduler.untilNext(),
    handleMessageBatch: (messages) => {
      isBusy = true;
      return handle(messages);
    },
  });
  consumer.on('response_processed', () => (isBusy = false));
  consumer.on('error', (err) => {
    if (!signal.aborted) logger.error({ err }, 'queue not reachable');
  });
  consumer.start();

  return {
    async stop() {
      // Not `once` of node:events, which rejects if the batch could not be deleted.
      if (isBusy) await new Promise<void>((resolve) => consumer.once('response_processed', () => resolve()));
      stopping.abort();
      consumer.stop({ abort: true });
    },
  };
}

interface ReceivedMessage {
  readonly message: Message;
  readonly span: Span;
  readonly result: EventReading;
}
