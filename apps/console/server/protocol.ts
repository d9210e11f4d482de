import { type QueueName, type ServiceName, type TopicName, topology } from '@tandem/contracts/topology';

/**
 * HTTP and SSE protocol between the console page and the local gateway. All paths are below `/console`; times are
 * milliseconds since the epoch. Routes marked `operator` require a token with that scope; the others show no payloads.
 *
 *     GET  /console/about                              About
 *     GET  /console/events                             server-sent events: `step` with a Step, `state` with a State
 *     POST /console/sign-in {user}                     {token} of a demo user, without scopes
 *     GET  /console/events/{eventId}          operator {body}: the published event
 *     POST /console/faults {fault, service, isOn}      operator, 204
 *     POST /console/kill {service}            operator 202: kills and restarts the service
 *     POST /console/poison {queue}            operator 202 {messageId, eventId}: sends a poison message
 *     GET  /console/dead-letters              operator DeadLetterQueue[]
 *     GET  /console/dead-letters/{queue}      operator DeadLetterMessage[]
 *     POST /console/dead-letters/{queue}/redrive {only?, isForced?}   operator Redriven
 *     GET  /console/tables                    operator {id}, for `npm run audit`
 *     POST /console/tables/scan, /console/tables/read   operator stored items
 */
export interface About {
  readonly urls: Readonly<Record<'gateway' | ServiceName | 'aws', string>>;
  readonly mode: 'oneProcess' | 'processes';
  readonly demoUsers: readonly string[];
}

/** Step of a request or of an event. All steps of a trace have the same `traceId`. */
export type Step = { readonly at: number; readonly traceId?: string } & (
  | {
      readonly kind: 'request';
      readonly service: ServiceName;
      readonly method: string;
      readonly path: string;
      readonly status: number;
      readonly durationMs: number;
    }
  | ({
      readonly kind: 'published';
      readonly topic: TopicName;
      /** Commit time of the change; undefined for a snapshot. */
      readonly committedAt?: number;
      readonly bytes: number;
    } & EventSummary)
  | ({
      readonly kind: 'received' | 'applied' | 'returned';
      readonly queue: QueueName;
      readonly attempt: number;
      /** Commit time, as in `published`. */
      readonly committedAt?: number;
    } & EventSummary)
);

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
  /** Requests since the start of the gateway, for the bill. */
  readonly traffic: { readonly sinceMs: number; readonly requests: Readonly<Record<ServiceName, Requests>> };
}

/** Number of requests of a service. */
export interface Requests {
  readonly reads: number;
  readonly writes: number;
}

export interface ServiceState {
  readonly isReady: boolean;
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

export interface DeadLetterQueue {
  readonly queue: string;
  readonly kind: 'givenUp' | 'undelivered' | 'unpublishable';
  readonly what: string;
  /** Destination of a redrive. */
  readonly destination: string;
  readonly visible: number;
  readonly inFlight: number;
}

export interface DeadLetterMessage {
  readonly messageId: string;
  readonly body: string;
  readonly eventType?: string;
  readonly eventId?: string;
  readonly traceId?: string;
  /** Expected result of handling the message now, in one line. */
  readonly reason: string;
  readonly isAcceptable: boolean;
  readonly receives: number;
  readonly sentAt?: number;
  readonly firstReceivedAt?: number;
}

export interface Redriven {
  readonly sent: number;
  readonly left: number;
  /** Reason of each message that was left in the queue, by message id. */
  readonly reasons: Readonly<Record<string, string>>;
}
