import { DomainError } from '@tandem/chassis/errors';
import type { App } from '@tandem/chassis/http/types';
import { z } from 'zod';
import { type DeadLetter, describeReading } from '@tandem/dlq/dead-letter';
import type { Target } from '@tandem/dlq/target';
import { type Dlq, deadLetterQueues } from '@tandem/dlq/queues';
import type { SaveRecord } from '@tandem/dlq/record';
import type { RedriveOptions } from '@tandem/dlq/redrive';
import { createWorkbench, type Workbench } from '@tandem/dlq/workbench';
import type { DeadLetterMessage, DeadLetterQueue, Redriven } from './protocol.ts';

export interface DeadLetterOptions {
  readonly target: Target;
  /** Saves the record of a redrive. */
  readonly saveRecord: SaveRecord;
}

const MAX_MESSAGES = 100;
/** Messages per second; high, so that a redrive from the page finishes quickly. */
const REDRIVE_RATE = 500;

const operator = { scope: 'operator' };
const params = z.object({ queue: z.string() });
const redriveBody = z.strictObject({
  only: z.string().min(1).optional(),
  isForced: z.boolean().optional(),
});

/** Operator routes for dead-letter queues: the functions of `npm run dlq`. */
export function registerDeadLetters(app: App, { target, saveRecord }: DeadLetterOptions): void {
  const workbenchOf = (who = ''): Workbench => createWorkbench({ ...target, saveRecord, who });
  const pendingWork = new Map<string, Promise<unknown>>();
  /** Serialises work per queue: a receive hides the messages from concurrent requests. */
  const serialized = <T>({ name }: Dlq, work: () => Promise<T>): Promise<T> => {
    const result = Promise.resolve(pendingWork.get(name)).then(work, work);
    pendingWork.set(name, result);
    return result;
  };

  app.get('/dead-letters', { config: operator }, async (): Promise<DeadLetterQueue[]> => {
    const workbench = workbenchOf();
    return Promise.all(
      deadLetterQueues.map(async (queue) => {
        const { name, kind, what, destination } = queue;
        return { queue: name, kind, what, destination: destination.name, ...(await workbench.depth(queue)) };
      }),
    );
  });

  app.get(
    '/dead-letters/:queue',
    { config: operator, schema: { params } },
    async ({ params }): Promise<DeadLetterMessage[]> => {
      const queue = queueOf(params.queue);
      const messages = await serialized(queue, () => workbenchOf().show(queue, { limit: MAX_MESSAGES }));
      return messages.map(toMessage);
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
        onMessage: ({ messageId }, outcome) => {
          if (outcome.kind !== 'sent') reasons[messageId] = outcome.reason;
        },
      };
      const workbench = workbenchOf(identity?.subject);
      const { sent, left, notDeleted } = await serialized(queue, () => workbench.redrive(queue, options));
      return { sent, left: left + notDeleted, reasons };
    },
  );
}

function queueOf(name: string): Dlq {
  const queue = deadLetterQueues.find((queue) => queue.name === name);
  if (!queue)
    throw new DomainError(
      'notFound',
      'no-such-queue',
      'There is no dead-letter queue of this name. GET /console/dead-letters lists them.',
    );
  return queue;
}

function toMessage(deadLetter: DeadLetter): DeadLetterMessage {
  const { messageId, body, eventType, eventId, traceId, reading, receives, sentAt, firstReceivedAt } =
    deadLetter;
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
