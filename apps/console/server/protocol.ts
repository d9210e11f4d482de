import type { QueueName, ServiceName, TopicName } from '@tandem/contracts/topology';

/**
 * What the local gateway tells the console, and takes from it. Everything lies below `/console`; times are milliseconds
 * since the epoch. Reads need no token and show no payload; what needs the operator's token (scope `operator`) says so.
 *
 *     GET  /console/about                              About
 *     GET  /console/events                             server-sent events: `step` with a Step, `state` with a State
 *     POST /console/sign-in {user}                     {token}: for one of the demo users, without any scope
 *     GET  /console/events/{eventId}          operator {body}: the event as it was published
 *     POST /console/faults {fault, service, isOn}      operator, 204
 *     POST /console/kill {service}            operator 202: it is ended, and started again
 *     POST /console/poison {queue}            operator 202 {messageId, eventId}: a message that no consumer accepts
 *     GET  /console/dead-letters              operator DeadLetterQueue[]
 *     GET  /console/dead-letters/{queue}      operator Letter[]
 *     POST /console/dead-letters/{queue}/redrive {only?, isForced?}   operator Redriven
 *     GET  /console/tables                    operator {id}, for `npm run audit`, with
 *     POST /console/tables/scan, /console/tables/read   operator items as they are stored
 */
export interface About {
  readonly urls: Readonly<Record<'gateway' | ServiceName | 'aws', string>>;
  readonly mode: 'oneProcess' | 'processes';
  readonly demoUsers: readonly string[];
}

/** Something that was seen on the way of a request or of an event. A trace's steps have the same `traceId`. */
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
      /** When the change was decided that the event tells of; undefined for what is no news. */
      readonly committedAt?: number;
      readonly bytes: number;
    } & EventSeen)
  | ({
      readonly kind: 'received' | 'applied' | 'returned';
      readonly queue: QueueName;
      readonly attempt: number;
      /** As that of `published`. */
      readonly committedAt?: number;
    } & EventSeen)
);

/** An event as a step shows it. */
export interface EventSeen {
  readonly eventId: string;
  readonly eventType: string;
  /** Of a change of a product or of a line. */
  readonly productId?: string;
  /** Of a change of a cart: its public id, which grants no access. */
  readonly cartId?: string;
}

/** How everything is, told every second. */
export interface State {
  readonly at: number;
  readonly services: Readonly<Record<ServiceName, ServiceState>>;
  readonly relays: Readonly<Record<ServiceName, RelayState>>;
  readonly queues: Readonly<Record<QueueName, QueueState>>;
  /** The depth of every queue that keeps what went wrong, by its name. */
  readonly deadLetters: Readonly<Record<string, number>>;
  /** What is switched on. */
  readonly faults: readonly FaultAt[];
  /** What was seen since the start, for the bill. */
  readonly seen: Readonly<Record<ServiceName, { readonly reads: number; readonly writes: number }>> & {
    readonly sinceMs: number;
  };
}

export interface ServiceState {
  readonly isReady: boolean;
  /** Of the last ten seconds. */
  readonly requestsPerSecond: number;
  /** From the change to its effect here, of the events that were applied in the last minute; undefined without any. */
  readonly lagMs?: { readonly p50: number; readonly max: number };
}

export interface RelayState {
  /** Batches that it holds and has not published yet. */
  readonly isHeld: boolean;
  /** How old the oldest change is that it holds; 0 where there is none. */
  readonly oldestMs: number;
}

export interface QueueState {
  readonly visible: number;
  readonly inFlight: number;
  /** How long the oldest message has been on its way that was published and not applied; 0 where there is none. */
  readonly oldestMs: number;
}

export type FaultName = 'consumerPaused' | 'relayStopped' | 'deliveriesDelayed' | 'deliveriesDuplicated';

/** `service` consumes, is told of changes by its relay, or publishes what is delayed or duplicated. */
export interface FaultAt {
  readonly fault: FaultName;
  readonly service: ServiceName;
}

export interface DeadLetterQueue {
  readonly queue: string;
  readonly kind: 'givenUp' | 'undelivered' | 'unpublishable';
  readonly what: string;
  /** Where a redrive sends its messages. */
  readonly destination: string;
  readonly visible: number;
  readonly inFlight: number;
}

export interface Letter {
  readonly messageId: string;
  readonly body: string;
  readonly eventType?: string;
  readonly eventId?: string;
  readonly traceId?: string;
  /** What its consumer would make of it now, in a line. */
  readonly reason: string;
  readonly isAcceptable: boolean;
  readonly receives: number;
  readonly sentAt?: number;
  readonly firstReceivedAt?: number;
}

export interface Redriven {
  readonly sent: number;
  readonly left: number;
  /** Why each of those was left that were, by message id. */
  readonly reasons: Readonly<Record<string, string>>;
}
