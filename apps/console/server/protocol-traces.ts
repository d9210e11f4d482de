import type { QueueName, ServiceName } from '@tandem/contracts/topology';
import type { Step } from './protocol.ts';

/**
 * Worst outcome in a trace: `clientError` for a response 4xx; `failed` for a response 5xx or a message that its consumer
 * returned to the queue; `deadLettered` for a message whose last attempt failed, and for an event that cannot be published.
 */
export type TraceStatus = 'ok' | 'clientError' | 'failed' | 'deadLettered';

/** Summary of a trace. */
export interface TraceSummary {
  /** Trace id; for a message without one, its event id. */
  readonly id: string;
  /** Grows with each new trace; the cursor of {@link TracePage}. */
  readonly number: number;
  readonly startedAt: number;
  /** From the first to the last step, the duration of a request included. */
  readonly durationMs: number;
  /** Root request or event, such as `PATCH /products/mug` or `CartExpired`. */
  readonly name: string;
  readonly status: TraceStatus;
  readonly services: readonly ServiceName[];
  readonly eventTypes: readonly string[];
  readonly productIds: readonly string[];
  /** Public ids. */
  readonly cartIds: readonly string[];
  readonly stepCount: number;
  /** Responses 5xx and failed attempts of consumers. */
  readonly errors: number;
  /** Messages whose last attempt failed, and events that cannot be published. */
  readonly deadLetters: number;
}

/** Query of `GET /console/traces`; all criteria must match. */
export interface TraceQuery {
  readonly service?: ServiceName | undefined;
  /** Event type. */
  readonly type?: string | undefined;
  readonly product?: string | undefined;
  /** Public id. */
  readonly cart?: string | undefined;
  readonly status?: TraceStatus | undefined;
  /** Minimum duration in milliseconds. */
  readonly minMs?: number | undefined;
  /** `true`: only traces with events; they are kept longer than reads. */
  readonly hasEvents?: boolean | undefined;
  /** Only traces with a smaller number. */
  readonly before?: number | undefined;
  /** Default: 50; at most 500. */
  readonly limit?: number | undefined;
}

export interface TracePage {
  /** Newest first. */
  readonly traces: readonly TraceSummary[];
  /** `before` of the next page; absent on the last one. */
  readonly next?: number;
}

/** Node of the causation tree: a request, a published event, or the work of a consumer on an event. */
export interface TraceNode {
  readonly id: string;
  /** Node that caused this one; absent for a root, and where the cause is unknown. */
  readonly parentId?: string;
  readonly kind: 'request' | 'event' | 'consumption';
  /** Service that responded, published or consumed. */
  readonly service: ServiceName;
  /** Queue of a consumption. */
  readonly queue?: QueueName;
  /** Event of an event node or of a consumption. */
  readonly eventId?: string;
  readonly eventType?: string;
  /** Start: arrival of a request, commit or publication of an event, first receive of a consumption. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly status: TraceStatus;
  /** In order of time. Several for an event that was published twice, and for repeated attempts. */
  readonly steps: readonly Step[];
}

/** A trace with its causation tree, as a list: parents before their children, in order of time. */
export interface TraceDetail extends TraceSummary {
  readonly nodes: readonly TraceNode[];
  /** Steps that were not kept: the number of steps per trace is bounded. */
  readonly omittedSteps: number;
}
