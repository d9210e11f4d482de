/** State of a dead-letter queue. */
export interface DeadLetterQueue {
  readonly queue: string;
  readonly kind: 'givenUp' | 'unpublishable';
  readonly what: string;
  /** Destination of a redrive. */
  readonly destination: string;
  readonly visible: number;
  readonly inFlight: number;
}

export interface DeadLetterMessage {
  readonly queue: string;
  readonly messageId: string;
  readonly body: string;
  readonly eventType?: string | undefined;
  readonly eventId?: string | undefined;
  readonly traceId?: string | undefined;
  /** Expected result of handling the message now, in one line. */
  readonly reason: string;
  readonly isAcceptable: boolean;
  /** Reason why a relay parked it. */
  readonly parkedBecause?: string | undefined;
  /** Attempts that its consumer made; undefined if it never reached one. */
  readonly attempts?: number | undefined;
  /** Receives in total: attempts, and looks by the console or by `npm run dlq`. */
  readonly receives: number;
  readonly sentAt?: number | undefined;
  readonly firstReceivedAt?: number | undefined;
  /** The redrive after which it was dead-lettered again. */
  readonly lastRedrive?: LastRedrive | undefined;
}

/** The latest redrive of an event. */
export interface LastRedrive {
  readonly at: number;
  readonly who: string;
  /** Whether its body was edited. */
  readonly isEdited: boolean;
}

/** Selects messages; all criteria must match. */
export interface DeadLetterFilter {
  /** Message id, or event id of which the first message is taken. */
  readonly only?: string | undefined;
  /** Event type. */
  readonly type?: string | undefined;
  /** Exact reason, as in a group. */
  readonly reason?: string | undefined;
  /** Text in the body, the ids, the type or the reason; upper and lower case are the same. */
  readonly text?: string | undefined;
}

/** Query of `GET /console/dead-letter-messages`. */
export interface DeadLetterQuery extends DeadLetterFilter {
  /** Default: all queues. */
  readonly queue?: string | undefined;
  /** Number of messages to skip. Default: 0. */
  readonly offset?: number | undefined;
  /** Default: 50; at most 500. */
  readonly limit?: number | undefined;
}

/** Messages of a queue with the same type and reason. */
export interface DeadLetterGroup {
  readonly queue: string;
  readonly eventType?: string | undefined;
  readonly reason: string;
  readonly isAcceptable: boolean;
  readonly count: number;
  /** Time of the first send of its oldest message. */
  readonly oldestAt?: number | undefined;
}

export interface DeadLetterPage {
  /** Groups of all messages that match, the largest first. */
  readonly groups: readonly DeadLetterGroup[];
  /** Number of messages that match. */
  readonly total: number;
  /** Oldest first. */
  readonly messages: readonly DeadLetterMessage[];
  /** `offset` of the next page; absent on the last one. */
  readonly next?: number;
  /** Whether all messages were read: at most 5,000 of a queue, of 16 MB, are. */
  readonly isComplete: boolean;
}

/** Body of a redrive. An edited message needs `only`. */
export interface RedriveBody extends DeadLetterFilter {
  /** Also sends messages that their consumer would reject now. */
  readonly isForced?: boolean | undefined;
  /** Replaces the body of the message; it has to match the schema of its event type, unless forced. */
  readonly body?: string | undefined;
}

export interface Redriven {
  readonly sent: number;
  readonly left: number;
  /** Reason of each message that was left in the queue, by message id. */
  readonly reasons: Readonly<Record<string, string>>;
}

/** Body of a discard: of the whole queue, or of what a filter selects. */
export interface DiscardBody {
  /** Recorded with the messages. */
  readonly why: string;
  readonly isAll?: true | undefined;
  readonly filter?: DeadLetterFilter | undefined;
}

export interface Discarded {
  readonly discarded: number;
  /** Messages that could not be deleted. */
  readonly left: number;
}
