import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { ask } from './ask.ts';
import { openDelivery } from './deliver.ts';
import { openHold } from './hold.ts';
import { type DeadLetter, letterOf } from './letter.ts';
import { createMove } from './move.ts';
import type { Place } from './place.ts';
import { type KeepingQueue, keepingQueues } from './queues.ts';
import type { Keep } from './record.ts';
import { redrive, type RedriveOptions, type RedriveReport } from './redrive.ts';

/** How many messages a queue has, as SQS counts them: on AWS a little behind. */
export interface Depth {
  readonly visible: number;
  /** Received by somebody who has neither deleted nor released them. */
  readonly inFlight: number;
}

/** A queue and what is in it. */
export interface QueueState extends Depth {
  readonly queue: KeepingQueue;
  /** The oldest of those that were looked at; all were if `isOldest`, else there may be older ones. */
  readonly oldest?: { readonly sentAt: Date; readonly isOldest: boolean };
}

/** Looks at what went wrong, and sends it where it belongs. Prints nothing; rejects with a DomainError of one line. */
export interface Workbench {
  /** Looks at up to ten messages of each queue, as `show` does. */
  list(options?: { readonly signal?: AbortSignal }): Promise<readonly QueueState[]>;
  depth(queue: KeepingQueue): Promise<Depth>;
  /** Up to `limit` messages, 100 at most. They are invisible to others while they are gathered, and then visible again. */
  show(
    queue: KeepingQueue,
    options: { readonly limit: number; readonly signal?: AbortSignal },
  ): Promise<readonly DeadLetter[]>;
  redrive(queue: KeepingQueue, options: RedriveOptions): Promise<RedriveReport>;
}

export interface WorkbenchOptions extends Place {
  /** Keeps what is redriven. */
  readonly keep: Keep;
  /** Who redrives, for the record. */
  readonly who: string;
  /** How long messages stay invisible when this process is killed. A batch has to be sent and deleted within it. */
  readonly holdSeconds?: number;
  readonly mostHeld?: number;
}

/** How long what is only looked at stays invisible when this process is killed. */
const LOOK_SECONDS = 10;

export function createWorkbench({
  keep,
  who,
  holdSeconds = 60,
  mostHeld = 10_000,
  ...place
}: WorkbenchOptions): Workbench {
  const { sqs, queueUrl, clock, waitSeconds } = place;
  const holdOf = async (queue: KeepingQueue, seconds: number) =>
    openHold({ sqs, queue: queue.name, url: await queueUrl(queue.name), seconds, waitSeconds });

  const depth = async ({ name }: KeepingQueue): Promise<Depth> => {
    const command = new GetQueueAttributesCommand({
      QueueUrl: await queueUrl(name),
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    });
    const { Attributes = {} } = await ask('sqs:GetQueueAttributes', name, sqs.send(command));
    return {
      visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    };
  };

  const show: Workbench['show'] = async (queue, { limit, signal }) => {
    const hold = await holdOf(queue, LOOK_SECONDS);
    const letters: DeadLetter[] = [];
    const most = Math.min(limit, 100);
    try {
      for (;;) {
        if (letters.length >= most || signal?.aborted) return letters;
        const messages = await hold.receive(most - letters.length);
        if (!messages) return letters;
        letters.push(...messages.map(letterOf));
      }
    } finally {
      await hold.release();
    }
  };

  const stateOf = async (
    queue: KeepingQueue,
    options: { readonly signal?: AbortSignal },
  ): Promise<QueueState> => {
    const { visible, inFlight } = await depth(queue);
    if (visible === 0) return { queue, visible, inFlight };
    const letters = await show(queue, { ...options, limit: 10 });
    const times = letters.flatMap(({ sentAt }) => sentAt ?? []).toSorted((a, b) => a.getTime() - b.getTime());
    const [sentAt] = times;
    const isOldest = inFlight === 0 && letters.length >= visible;
    return { queue, visible, inFlight, ...(sentAt && { oldest: { sentAt, isOldest } }) };
  };

  return {
    list: (options = {}) => Promise.all(keepingQueues.map((queue) => stateOf(queue, options))),
    depth,
    show,
    async redrive(queue, options) {
      const deliver = await openDelivery(place, queue);
      const hold = await holdOf(queue, holdSeconds);
      const move = createMove({
        queue,
        hold,
        deliver,
        keep,
        who,
        rate: options.rate,
        headStartMs: clock.errorMs,
      });
      return redrive({ queue, hold, move, clock, mostHeld }, options);
    },
  };
}
