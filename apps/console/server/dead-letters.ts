import { DomainError } from '@tandem/chassis/errors';
import type { App } from '@tandem/chassis/http/types';
import { z } from 'zod';
import { type DeadLetter, describeReading } from '@tandem/dlq/letter';
import type { Place } from '@tandem/dlq/place';
import { type KeepingQueue, keepingQueues } from '@tandem/dlq/queues';
import type { Keep } from '@tandem/dlq/record';
import type { RedriveOptions } from '@tandem/dlq/redrive';
import { createWorkbench, type Workbench } from '@tandem/dlq/workbench';
import type { DeadLetterQueue, Letter, Redriven } from './protocol.ts';

export interface DeadLetterOptions {
  readonly place: Place;
  /** Keeps what is redriven. */
  readonly keep: Keep;
}

const MAX_LETTERS = 100;
/** Messages a second: nobody is to wait for a page's button. */
const REDRIVE_RATE = 500;

const operator = { scope: 'operator' };
const params = z.object({ queue: z.string() });
const redriveBody = z.strictObject({
  only: z.string().min(1).optional(),
  isForced: z.boolean().optional(),
});

/** An operator's routes to what went wrong: what `npm run dlq` does. */
export function registerDeadLetters(app: App, { place, keep }: DeadLetterOptions): void {
  const benchOf = (who = ''): Workbench => createWorkbench({ ...place, keep, who });
  const turns = new Map<string, Promise<unknown>>();
  /** One after the other: who looks at a queue hides its messages from others meanwhile. */
  const inTurn = <T>({ name }: KeepingQueue, work: () => Promise<T>): Promise<T> => {
    const turn = Promise.resolve(turns.get(name)).then(work, work);
    turns.set(name, turn);
    return turn;
  };

  app.get('/dead-letters', { config: operator }, async (): Promise<DeadLetterQueue[]> => {
    const bench = benchOf();
    return Promise.all(
      keepingQueues.map(async (queue) => {
        const { name, kind, what, destination } = queue;
        return { queue: name, kind, what, destination: destination.name, ...(await bench.depth(queue)) };
      }),
    );
  });

  app.get(
    '/dead-letters/:queue',
    { config: operator, schema: { params } },
    async ({ params }): Promise<Letter[]> => {
      const queue = queueOf(params.queue);
      const letters = await inTurn(queue, () => benchOf().show(queue, { limit: MAX_LETTERS }));
      return letters.map(shownLetter);
    },
  );

  app.post(
    '/dead-letters/:queue/redrive',
    { config: operator, schema: { params, body: redriveBody } },
    async ({ params, body: { only, isForced = false }, identity }): Promise<Redriven> => {
      const reasons: Record<string, string> = {};
      const queue = queueOf(params.queue);
      const options: RedriveOptions = {
        rate: REDRIVE_RATE,
        only,
        isForced,
        onMessage: ({ messageId }, fate) => {
          if (fate.kind !== 'sent') reasons[messageId] = fate.reason;
        },
      };
      const bench = benchOf(identity?.subject);
      const { sent, left, notDeleted } = await inTurn(queue, () => bench.redrive(queue, options));
      return { sent, left: left + notDeleted, reasons };
    },
  );
}

function queueOf(name: string): KeepingQueue {
  const queue = keepingQueues.find((it) => it.name === name);
  if (!queue) throw new DomainError('notFound', 'no-such-queue', 'No queue of dead letters is called so');
  return queue;
}

function shownLetter(letter: DeadLetter): Letter {
  const { messageId, body, eventType, eventId, traceId, reading, receives, sentAt, firstReceivedAt } = letter;
  return {
    messageId,
    body,
    reason: describeReading(reading),
    isAcceptable: reading.kind === 'valid',
    receives,
    ...(eventType === undefined ? {} : { eventType }),
    ...(eventId === undefined ? {} : { eventId }),
    ...(traceId === undefined ? {} : { traceId }),
    ...(sentAt && { sentAt: sentAt.getTime() }),
    ...(firstReceivedAt && { firstReceivedAt: firstReceivedAt.getTime() }),
  };
}
