import type { TandemEvent } from '@tandem/contracts/events';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { currentTraceparent, inSpan, type Span, type Tracer } from '../trace.ts';

/** Outcome of one event of a batch; a `postponed` one was not begun. */
export type Applied =
  | { readonly status: 'applied' | 'postponed' }
  | { readonly status: 'failed'; readonly error: unknown };

const deliveries = new WeakMap<TandemEvent, Delivery>();

/** How an event of a batch was delivered. */
interface Delivery {
  readonly span: Span;
  readonly receives: number;
}

/** Records how an event of a batch was delivered. */
export function setDelivery(event: TandemEvent, delivery: Delivery): void {
  deliveries.set(event, delivery);
}

/** Runs `work` in the trace of an event of a batch. */
export function runInEventTrace<T>(event: TandemEvent, work: () => T): T {
  return inSpan(deliveries.get(event)?.span ?? { traceparent: currentTraceparent() }, work);
}

/** Number of times that the message of an event of a batch was received, this one included. */
export function receivesOf(event: TandemEvent): number {
  return deliveries.get(event)?.receives ?? 1;
}

/**
 * Applies a batch; resolves to one outcome for each event, in their order. A rejection fails every event. It is called again
 * with the events, the same objects, that failed because a dependency is unavailable. Once the signal is aborted, nothing is
 * retried, and what takes long begins nothing more.
 */
export type ApplyBatch = (
  events: readonly TandemEvent[],
  signal?: AbortSignal,
) => Promise<readonly Applied[]>;

/** A consumer of a queue: a task polls the queue for it (`startConsumer`), a function is given its batches. */
export interface ConsumerOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly apply: ApplyBatch;
  /** Largest number of events that `apply` is given at once; a task gathers more than ten while it has a backlog. Default: 10. */
  readonly maxBatchSize?: number;
  /** Resolves if the dependencies of `apply` respond, rejects otherwise. */
  readonly ping: () => Promise<void>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Records a span of each message. */
  readonly tracer?: Tracer | undefined;
  /** Longest wait of a receive (long polling); 0: none. Default: 20. */
  readonly waitTimeSeconds?: number;
  /** Visibility timeout of the queue, which a task extends while it applies a batch. Default: 30. */
  readonly visibilitySeconds?: number;
  /** Pause after a batch that was not full, in milliseconds, so that the next one is fuller. Default: 0. */
  readonly receivePauseMs?: number | undefined;
  /** Whether `PropagationDelay` is observed, a metric that CloudWatch bills by itself. Default: true. */
  readonly observesDelay?: boolean;
}

/** The name of a queue: the last segment of its URL. */
export function queueNameOf(queueUrl: string): string {
  return queueUrl.slice(queueUrl.lastIndexOf('/') + 1);
}
