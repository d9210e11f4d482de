import type { TestContext } from 'node:test';
import { ReceiveMessageCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createLogger } from '@tandem/chassis/logger';
import {
  type Applied,
  type ConsumerOptions,
  runInEventTrace,
  startConsumer,
} from '@tandem/chassis/messaging/consumer';
import { createMetrics } from '@tandem/chassis/metrics';
import { createRecordingTracer } from '@tandem/chassis/recording-tracer';
import { currentTraceId } from '@tandem/chassis/trace';
import { queueUrl, REGION } from '@tandem/emulators/messaging-config';
import { startEmulator } from '@tandem/emulators/messaging';
import { depth } from '../support/queues.ts';

export const QUEUE = 'product-cart-events-queue';
const DEAD_LETTERS = 'product-cart-events-dlq';

/** A trace of its own for each message of a batch. */
export const traceOf = (position: number) => `0123456789abcdef0123456789abcde${position}`;
export const traceparentOf = (position: number) => `00-${traceOf(position)}-0123456789abcdef-01`;

export const applied: Applied = { status: 'applied' };
export const failed: Applied = { status: 'failed', error: new Error('the store is down') };

/** A message that a consumer understands; `request` names it. */
export function valid(request: string): string {
  return JSON.stringify({
    eventType: 'ProductSnapshotRequested',
    requestId: request,
    timestamp: '2026-02-14T15:00:00Z',
  });
}

/**
 * Product's queue, with a function to send to it and one to consume it. `outcome` says what becomes of an event, by
 * its request and how often it has come; `arrivals` are the events in the order that they came, with their times.
 */
export async function openQueue(t: TestContext) {
  const emulator = await startEmulator({ host: '127.0.0.1', port: 0, directory: undefined });
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const sqs = new SQSClient({ endpoint: emulator.endpoint, region: REGION, credentials, maxAttempts: 1 });
  const url = queueUrl(emulator.endpoint, QUEUE);
  const metrics = createMetrics();
  const { tracer, spans } = createRecordingTracer();
  const logged: Record<string, unknown>[] = [];
  const arrivals: { request: string; at: number; traceId: string | undefined }[] = [];
  const workers: { stop(): Promise<void> }[] = [];
  t.after(async () => {
    await Promise.all(workers.map(async (worker) => worker.stop()));
    sqs.destroy();
    await emulator.stop();
  });

  return {
    sqs,
    metrics,
    spans,
    logged,
    arrivals,
    requests: () => arrivals.map(({ request }) => request),
    depth: () => depth(emulator.endpoint, QUEUE),
    deadLetters: async () => {
      const QueueUrl = queueUrl(emulator.endpoint, DEAD_LETTERS);
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
    ) => {
      const apply: ConsumerOptions['apply'] = (events) =>
        Promise.all(
          events.map((event) =>
            runInEventTrace(event, async () => {
              const request = 'requestId' in event ? event.requestId : event.eventType;
              arrivals.push({ request, at: performance.now(), traceId: currentTraceId() });
              return outcome(request, arrivals.filter((arrival) => arrival.request === request).length);
            }),
          ),
        );
      const write = (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>);
      const log = createLogger({ name: 'test', level: 'info', destination: { write } });
      const worker = startConsumer({ sqs, queueUrl: url, apply, ping, logger: log, metrics, tracer });
      workers.push(worker);
      return worker;
    },
  };
}
