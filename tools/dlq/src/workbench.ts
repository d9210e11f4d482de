import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { callAws } from './call-aws.ts';
import { openDelivery } from './deliver.ts';
import { openLease } from './message-lease.ts';
import { type DeadLetter, parseDeadLetter } from './dead-letter.ts';
import { createMove } from './move.ts';
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

/** Operations on dead letters: list, show and redrive. Prints nothing; rejects with a DomainError of one line. */
export interface Workbench {
  /** Samples up to ten messages of each queue, as `show` does. */
  list(options?: { readonly signal?: AbortSignal }): Promise<readonly QueueState[]>;
  depth(queue: Dlq): Promise<Depth>;
  /** Returns up to `limit` messages, 100 at most. They are invisible to other receivers while they are collected. */
  show(
    queue: Dlq,
    options: { readonly limit: number; readonly signal?: AbortSignal },
  ): Promise<readonly DeadLetter[]>;
  redrive(queue: Dlq, options: RedriveOptions): Promise<RedriveReport>;
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

/** How long messages that are only shown stay invisible if this process is killed. */
const PEEK_SECONDS = 10;

export function createWorkbench({
  saveRecord,
  who,
  leaseSeconds = 60,
  maxLeased = 10_000,
  ...target
}: WorkbenchOptions): Workbench {
  const { sqs, queueUrl, clock, waitSeconds } = target;
  const leaseOf = async (queue: Dlq, seconds: number) =>
    openLease({ sqs, queue: queue.name, url: await queueUrl(queue.name), seconds, waitSeconds });

  const depth = async ({ name }: Dlq): Promise<Depth> => {
    const command = new GetQueueAttributesCommand({
      QueueUrl: await queueUrl(name),
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    });
    const { Attributes = {} } = await callAws('sqs:GetQueueAttributes', name, sqs.send(command));
    return {
      visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    };
  };

  const show: Workbench['show'] = async (queue, { limit, signal }) => {
    const lease = await leaseOf(queue, PEEK_SECONDS);
    const deadLetters: DeadLetter[] = [];
    const most = Math.min(limit, 100);
    try {
      for (;;) {
        if (deadLetters.length >= most || signal?.aborted) return deadLetters;
        const messages = await lease.receive(most - deadLetters.length);
        if (!messages) return deadLetters;
        deadLetters.push(...messages.map(parseDeadLetter));
      }
    } finally {
      await lease.release();
    }
  };

  const stateOf = async (queue: Dlq, options: { readonly signal?: AbortSignal }): Promise<QueueState> => {
    const { visible, inFlight } = await depth(queue);
    if (visible === 0) return { queue, visible, inFlight };
    const deadLetters = await show(queue, { ...options, limit: 10 });
    const times = deadLetters
      .flatMap(({ sentAt }) => sentAt ?? [])
      .toSorted((a, b) => a.getTime() - b.getTime());
    const [sentAt] = times;
    const isOldest = inFlight === 0 && deadLetters.length >= visible;
    return { queue, visible, inFlight, ...(sentAt && { oldest: { sentAt, isOldest } }) };
  };

  return {
    list: (options = {}) => Promise.all(deadLetterQueues.map((queue) => stateOf(queue, options))),
    depth,
    show,
    async redrive(queue, options) {
      const deliver = await openDelivery(target, queue);
      const lease = await leaseOf(queue, leaseSeconds);
      const move = createMove({
        queue,
        lease,
        deliver,
        saveRecord,
        who,
        rate: options.rate,
        headStartMs: clock.errorMs,
      });
      return redrive({ queue, lease, move, clock, maxLeased }, options);
    },
  };
}
