import { DomainError } from '@tandem/chassis/errors';
import type { App } from '@tandem/chassis/http/types';
import { z } from 'zod';
import { type DeadLetter, describeReading } from '../dlq/letter.ts';
import type { Place } from '../dlq/place.ts';
import { type KeepingQueue, keepingQueues } from '../dlq/queues.ts';
import type { Keep } from '../dlq/record.ts';
import { createWorkbench, type Workbench } from '../dlq/workbench.ts';
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
      const letters = await benchOf().show(queueOf(params.queue), { limit: MAX_LETTERS });
      return letters.map(shownLetter);
    },
  );

  app.post(
    '/dead-letters/:queue/redrive',
    { config: operator, schema: { params, body: redriveBody } },
    async ({ params, body: { only, isForced = false }, identity }): Promise<Redriven> => {
      const reasons: Record<string, string> = {};
      const { sent, left, notDeleted } = await benchOf(identity?.subject).redrive(queueOf(params.queue), {
        rate: REDRIVE_RATE,
        only,
        isForced,
        onMessage: ({ messageId }, fate) => {
          if (fate.kind !== 'sent') reasons[messageId] = fate.reason;
        },
      });
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
