import type { TestContext } from 'node:test';
import {
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { createLogger } from '@tandem/chassis/logger';
import {
  type Applied,
  type ConsumerOptions,
  receivesOf,
  runInEventTrace,
} from '@tandem/chassis/messaging/consumer';
import { withDirectCalls } from '@tandem/chassis/messaging/direct-calls';
import { startConsumer } from '@tandem/chassis/messaging/start-consumer';
import { createMetrics } from '@tandem/chassis/metrics';
import { createRecordingTracer } from '@tandem/chassis/recording-tracer';
import { currentTraceId } from '@tandem/chassis/trace';
import { queueUrl } from '@tandem/emulators/messaging-config';
import { depthsOf } from '@tandem/emulators/queue-depth';
import { clientOptions, startMessaging } from '../support/messaging.ts';
import { depth } from '../support/queues.ts';

export const QUEUE = 'product-cart-events-queue';
const DEAD_LETTER_QUEUE = 'product-cart-events-dlq';

/** Trace of a message in a batch, by its position. */
export const traceOf = (position: number) => `0123456789abcdef0123456789abcde${position}`;
export const traceparentOf = (position: number) => `00-${traceOf(position)}-0123456789abcdef-01`;

export const applied: Applied = { status: 'applied' };
export const failed: Applied = { status: 'failed', error: new Error('the store is down') };

/** Valid message with a request id. */
export function valid(request: string): string {
  return JSON.stringify({
    eventType: 'ProductSnapshotRequested',
    requestId: request,
    timestamp: '2026-02-14T15:00:00Z',
  });
}

/**
 * Opens Product's queue, to send messages and to start consumers. `outcome` decides the result of an event, by its request id
 * and number of receives; `arrivals` are the received events in order, with their times.
 */
export async function openQueue(t: TestContext) {
  const { endpoint, [Symbol.asyncDispose]: stopMessaging } = await startMessaging();
  const sqs = withDirectCalls(new SQSClient({ ...clientOptions(endpoint), maxAttempts: 1 }));
  const url = queueUrl(endpoint, QUEUE);
  const metrics = createMetrics();
  const { tracer, spans } = createRecordingTracer();
  const logged: Record<string, unknown>[] = [];
  const arrivals: { request: string; at: number; receives: number; traceId: string | undefined }[] = [];
  const batchSizes: number[] = [];
  const workers: { stop(): Promise<void> }[] = [];
  t.after(async () => {
    await Promise.all(workers.map(async (worker) => worker.stop()));
    sqs.destroy();
    await stopMessaging();
  });

  return {
    sqs,
    metrics,
    spans,
    logged,
    arrivals,
    /** Number of events of each batch that was applied. */
    batchSizes,
    requests: () => arrivals.map(({ request }) => request),
    depth: () => depth(endpoint, QUEUE),
    depths: () => depthsOf(sqs, url),
    setVisibilityTimeout: (seconds: number) =>
      sqs.send(
        new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { VisibilityTimeout: String(seconds) } }),
      ),
    deadLetters: async () => {
      const QueueUrl = queueUrl(endpoint, DEAD_LETTER_QUEUE);
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
      );
      return Messages.map(({ Body }) => Body);
    },
    send: async (...bodies: string[]) => {
      const Entries = bodies.map((MessageBody, i) => ({
        Id: String(i),
        MessageBody,
        MessageAttributes: { traceparent: { DataType: 'String', StringValue: traceparentOf(i) } },
      }));
      await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
    },
    consume: (
      outcome: (request: string, receives: number) => Applied | Promise<Applied> = () => applied,
      ping: ConsumerOptions['ping'] = async () => undefined,
      sizes: Pick<ConsumerOptions, 'maxBatchSize' | 'visibilitySeconds'> = {},
    ) => {
      const apply: ConsumerOptions['apply'] = (events) => {
        batchSizes.push(events.length);
        return Promise.all(
          events.map((event) =>
            runInEventTrace(event, async () => {
              const request = 'requestId' in event ? event.requestId : event.eventType;
              arrivals.push({
                request,
                at: performance.now(),
                receives: receivesOf(event),
                traceId: currentTraceId(),
              });
              return outcome(request, arrivals.filter((arrival) => arrival.request === request).length);
            }),
          ),
        );
      };
      const write = (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>);
      const log = createLogger({ name: 'test', level: 'info', destination: { write } });
      const options = { sqs, queueUrl: url, apply, ping, logger: log, metrics, tracer, ...sizes };
      const worker = startConsumer(options);
      workers.push(worker);
      return worker;
    },
  };
}
