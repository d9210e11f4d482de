import { DomainError } from '@tandem/chassis/errors';
import { depthsOf } from '@tandem/emulators/queue-depth';
import { callAws, QUEUE_MISSING } from './call-aws.ts';
import { openDelivery } from './deliver.ts';
import { discard, type DiscardOptions, type DiscardReport } from './discard.ts';
import { openLease } from './message-lease.ts';
import { type DeadLetter, parseDeadLetter } from './dead-letter.ts';
import type { Target } from './target.ts';
import { type Dlq, deadLetterQueues } from './queues.ts';
import type { SaveRecord } from './record.ts';
import { redrive, type RedriveOptions, type RedriveReport } from './redrive.ts';

/** Number of messages in a queue, as SQS counts them: approximate on AWS. */
export interface Depth {
  readonly visible: number;
  /** Messages that were received and are neither deleted nor visible again. */
  readonly inFlight: number;
}

/** State of a queue. */
export interface QueueState extends Depth {
  readonly queue: Dlq;
  /** Oldest of the sampled messages; without `isOldest` there may be older ones. */
  readonly oldest?: { readonly sentAt: Date; readonly isOldest: boolean };
}

export interface WorkbenchOptions extends Target {
  /** Saves the audit records of redrives. */
  readonly saveRecord: SaveRecord;
  /** Name of the operator, for the audit record. */
  readonly who: string;
  /** How long messages stay invisible if this process is killed. A batch has to be sent and deleted within it. */
  readonly leaseSeconds?: number;
  readonly maxLeased?: number;
}

/** How long messages that are only shown stay invisible if this process is killed; for more than a hundred, three times as long. */
const PEEK_SECONDS = 10;
/** Maximum number of messages that are shown, and of the bytes of their bodies. */
export const MAX_SHOWN = { messages: 5_000, bytes: 16 * 1024 * 1024 };

/** Operations on dead letters: list, show, redrive and discard. Prints nothing; rejects with a DomainError of one line. */
export type Workbench = ReturnType<typeof createWorkbench>;

export function createWorkbench({
  saveRecord,
  who,
  leaseSeconds = 60,
  maxLeased = 10_000,
  ...target
}: WorkbenchOptions) {
  const { sqs, queueUrl, clock, waitSeconds } = target;
  const leaseOf = async (queue: Dlq, seconds: number) =>
    openLease({ sqs, queue: queue.name, url: await queueUrl(queue.name), seconds, waitSeconds });

  async function depth({ name }: Dlq): Promise<Depth> {
    const depths = depthsOf(sqs, await queueUrl(name));
    const { visible, inFlight } = await callAws('sqs:GetQueueAttributes', name, depths);
    return { visible, inFlight };
  }

  /**
   * Resolves to up to `limit` messages, within {@link MAX_SHOWN}. They are invisible to other receivers while they are
   * collected.
   */
  async function show(
    queue: Dlq,
    { limit, signal }: { readonly limit: number; readonly signal?: AbortSignal },
  ): Promise<readonly DeadLetter[]> {
    const most = Math.min(limit, MAX_SHOWN.messages);
    const lease = await leaseOf(queue, most > 100 ? 3 * PEEK_SECONDS : PEEK_SECONDS);
    const deadLetters: DeadLetter[] = [];
    let bytes = 0;
    try {
      for (;;) {
        if (deadLetters.length >= most || bytes >= MAX_SHOWN.bytes || signal?.aborted) return deadLetters;
        const messages = await lease.receive(most - deadLetters.length);
        if (!messages) return deadLetters;
        deadLetters.push(...messages.map(parseDeadLetter));
        for (const { Body = '' } of messages) bytes += Body.length;
      }
    } finally {
      await lease.release();
    }
  }

  async function stateOf(queue: Dlq, options: { readonly signal?: AbortSignal }): Promise<QueueState> {
    const { visible, inFlight } = await depth(queue);
    if (visible === 0) return { queue, visible, inFlight };
    const deadLetters = await show(queue, { ...options, limit: 10 });
    const times = deadLetters.flatMap(({ sentAt }) => sentAt?.getTime() ?? []);
    if (times.length === 0) return { queue, visible, inFlight };
    const isOldest = inFlight === 0 && deadLetters.length >= visible;
    return { queue, visible, inFlight, oldest: { sentAt: new Date(Math.min(...times)), isOldest } };
  }

  return {
    /**
     * Samples up to ten messages of each queue, as `show` does. Leaves out the queues of services that the system does not
     * run; rejects if it has none at all.
     */
    async list(options: { readonly signal?: AbortSignal } = {}): Promise<readonly QueueState[]> {
      const results = await Promise.all(
        deadLetterQueues.map((queue) => stateOf(queue, options).catch(errorOfMissingQueue)),
      );
      const states = results.flatMap((result) => (result instanceof DomainError ? [] : [result]));
      if (states.length === 0) throw results[0];
      return states;
    },
    depth,
    show,
    async redrive(queue: Dlq, options: RedriveOptions): Promise<RedriveReport> {
      const deliver = await openDelivery(target, queue);
      const lease = await leaseOf(queue, leaseSeconds);
      return redrive({ queue, lease, deliver, saveRecord, who, clock, maxLeased }, options);
    },
    async discard(queue: Dlq, options: DiscardOptions): Promise<DiscardReport> {
      const lease = await leaseOf(queue, leaseSeconds);
      return discard({ queue, lease, saveRecord, who, clock, maxLeased }, options);
    },
  };
}

/** Returns the error of a missing queue, and throws any other. */
function errorOfMissingQueue(error: unknown): DomainError {
  if (error instanceof DomainError && error.code === QUEUE_MISSING) return error;
  throw error;
}
