export type * from './protocol-dead-letters.ts';
export type * from './protocol-metrics.ts';
export type * from './protocol-traces.ts';
import {
  type QueueName,
  type ServiceName,
  type TableName,
  type TopicName,
  topology,
} from '@tandem/contracts/topology';

/**
 * HTTP and SSE protocol between the console page and the local gateway. All paths are below `/console`; times are
 * milliseconds since the epoch. Routes marked `operator` require a token with that scope; the others show no payloads.
 *
 *     GET  /console/about                              About
 *     GET  /console/events?after=ID                    server-sent events: `opened` with an Opened, `step` with a Step,
 *                                                      `state` with a State; something at least once a second
 *     GET  /console/events/recent?before&after&limit   StepPage: latest steps
 *     GET  /console/metrics?minutes=15                 MetricsHistory
 *     GET  /console/traces?…                           TracePage: recent traces by a TraceQuery, newest first
 *     GET  /console/traces/{id}                        TraceDetail
 *     POST /console/sign-in {user}                     {token} of a demo user, without scopes
 *     GET  /console/events/{eventId}          operator {body}: the published event
 *     POST /console/events/{eventId}/republish     operator 202: publishes a kept event again
 *     POST /console/faults {fault, service, isOn}      operator, 204
 *     POST /console/kill {service}            operator 202: kills and restarts the service
 *     POST /console/poison {queue}            operator 202 {messageId, eventId}: sends a poison message
 *     GET  /console/dead-letters              operator DeadLetterQueue[]
 *     GET  /console/dead-letters/{queue}      operator DeadLetterMessage[]: the first 100
 *     GET  /console/dead-letter-messages?…    operator DeadLetterPage, by a DeadLetterQuery
 *     POST /console/dead-letters/{queue}/redrive   operator Redriven, by a RedriveBody
 *     POST /console/dead-letters/{queue}/discard   operator Discarded, by a DiscardBody
 *     GET  /console/tables                    operator {id}, for `npm run audit`
 *     POST /console/tables/scan, /console/tables/read   operator stored items
 */
export interface About {
  readonly urls: Readonly<Record<'gateway' | ServiceName | 'aws', string>>;
  readonly mode: 'oneProcess' | 'processes';
  readonly demoUsers: readonly string[];
  /** Address of a trace at the tracing backend, with `{traceId}` in it; null without one. */
  readonly traceUrl: string | null;
}

/**
 * Step of a request or of an event. All steps of a trace have the same `traceId`. `spanId` is the W3C span of the request, of
 * the publication, or of the consumer's work on the message.
 */
export type Step = { readonly at: number; readonly traceId?: string; readonly spanId?: string } & (
  | {
      readonly kind: 'request';
      readonly service: ServiceName;
      readonly method: string;
      readonly path: string;
      readonly status: number;
      readonly durationMs: number;
      /** Product that the path names. */
      readonly productId?: string;
      /** Public id of the cart that the path names; grants no access. */
      readonly cartId?: string;
    }
  | ({
      readonly kind: 'published';
      readonly topic: TopicName;
      /** Commit time of the change; undefined for a snapshot. */
      readonly committedAt?: number;
      readonly bytes: number;
      /** Span of the request or of the consumer's work that caused the event. */
      readonly parentSpanId?: string;
      /** Set if an operator published it again. */
      readonly isRepublished?: true;
    } & EventSummary)
  | ({
      /** Its relay cannot publish it, and has put it into the parking queue. */
      readonly kind: 'parked';
      readonly topic: TopicName;
      readonly reason: string;
      readonly committedAt?: number;
      readonly parentSpanId?: string;
    } & EventSummary)
  | ({
      readonly kind: 'received' | 'applied' | 'returned';
      readonly queue: QueueName;
      readonly attempt: number;
      /** Commit time, as in `published`. */
      readonly committedAt?: number;
    } & EventSummary)
);

/** First event of a stream: the latest steps follow, up to `number` those from before the connection, then new ones. */
export interface Opened {
  /** Id of this run of the server: the id of a step is `epoch.number`. */
  readonly epoch: string;
  /** Number of the last step before the connection; 0 without any. */
  readonly number: number;
}

/** Page of the latest steps. */
export interface StepPage {
  readonly epoch: string;
  /** Oldest first. */
  readonly steps: readonly { readonly number: number; readonly step: Step }[];
}

/** Event of a step, without its payload. */
export interface EventSummary {
  readonly eventId: string;
  readonly eventType: string;
  /** Product of a product or line event. */
  readonly productId?: string;
  /** Public id of the cart of a cart event; grants no access. */
  readonly cartId?: string;
}

/** System state, sent every second. */
export interface State {
  readonly at: number;
  readonly services: Readonly<Record<ServiceName, ServiceState>>;
  /** Relays of the services that publish. */
  readonly relays: Readonly<Partial<Record<ServiceName, RelayState>>>;
  readonly queues: Readonly<Record<QueueName, QueueState>>;
  /** Depth of every dead-letter queue, by its name. */
  readonly deadLetters: Readonly<Record<string, number>>;
  /** Active faults. */
  readonly faults: readonly FaultAt[];
  /** Services that were killed and are not ready again. */
  readonly kills: readonly Kill[];
  /**
   * Requests since the start of the gateway at `sinceMs`, without reads that the page makes for itself (see {@link OWN_READ}).
   * The difference of two states is the traffic in between.
   */
  readonly traffic: { readonly sinceMs: number; readonly requests: Readonly<Record<ServiceName, Requests>> };
  /** Items that requests and consumers wrote since the start of the gateway. */
  readonly tables: Readonly<Partial<Record<TableName, { readonly writes: number }>>>;
}

/** Header of a read that the page makes for itself, such as a refresh: it is neither counted nor a step. Any value. */
export const OWN_READ = 'x-tandem-own-read';

/** Service that was killed. */
export interface Kill {
  readonly service: ServiceName;
  readonly at: number;
  /** Expected time of its return. */
  readonly backAt: number;
}

/** Number of requests of a service. */
export interface Requests {
  readonly reads: number;
  readonly writes: number;
}

export interface ServiceState {
  /** False also if it has not responded for two seconds. */
  readonly isReady: boolean;
  /** Time of the latest response by which it was ready; undefined before the first one. */
  readonly readyAt?: number;
  /** Average of the last ten seconds. */
  readonly requestsPerSecond: number;
  /** Propagation delay from commit to apply, of the events applied in the last minute; undefined without any. */
  readonly lagMs?: { readonly p50: number; readonly max: number };
}

export interface RelayState {
  /** Whether the relay has a backlog of unpublished batches. */
  readonly isHeld: boolean;
  /** Age of the oldest change in the backlog; 0 without a backlog. */
  readonly oldestMs: number;
}

export interface QueueState {
  readonly visible: number;
  readonly inFlight: number;
  /** Age of the oldest message that was published and not applied yet; 0 without any. */
  readonly oldestMs: number;
}

export const faultNames = [
  'deliveriesDuplicated',
  'deliveriesDelayed',
  'consumerPaused',
  'relayStopped',
] as const;
export type FaultName = (typeof faultNames)[number];

/** Fault of a service: of its consumer, of its relay, or of the deliveries of its events. */
export interface FaultAt {
  readonly fault: FaultName;
  readonly service: ServiceName;
}

/** Whether a service has the part that a fault affects: a queue to consume, or a relay that publishes. */
export function canOccur({ fault, service }: FaultAt, { services, relays } = topology): boolean {
  return fault === 'consumerPaused' ? services[service].queues.length > 0 : relays[service] !== undefined;
}
