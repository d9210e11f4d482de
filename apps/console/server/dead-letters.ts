import { DomainError } from '@tandem/chassis/errors';
import type { App } from '@tandem/chassis/http/types';
import type { QueueName, Topology } from '@tandem/contracts/topology';
import { type Dlq, deadLetterQueuesOf } from '@tandem/dlq/queues';
import type { Records } from '@tandem/dlq/record';
import type { Target } from '@tandem/dlq/target';
import { createWorkbench, type Workbench } from '@tandem/dlq/workbench';
import { z } from 'zod';
import { createDeadLetterCache } from './dead-letter-cache.ts';
import { messageOf, pageOf } from './dead-letter-page.ts';
import { sendPoisonMessage } from './poison.ts';
import type { DeadLetterMessage, DeadLetterPage, DeadLetterQueue, Discarded, Redriven } from './protocol.ts';

export interface DeadLetterOptions {
  readonly topology: Topology;
  readonly target: Target;
  /** Log of redrives and discards. */
  readonly records: Records;
}

/** Number of messages of a queue without a query. */
const FIRST_MESSAGES = 100;
const DEFAULT_PAGE = 50;
const MAX_PAGE = 500;
/** Messages per second; high, so that a redrive from the page finishes quickly. */
const REDRIVE_RATE = 500;

const operator = { scope: 'operator' };
const params = z.object({ queue: z.string() });
const text = z.string().min(1).optional();
const filter = { only: text, type: text, reason: text, text };
const query = z.strictObject({
  ...filter,
  queue: text,
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(DEFAULT_PAGE),
});
const redriveBody = z
  .strictObject({ ...filter, isForced: z.boolean().optional(), body: text })
  .refine(
    ({ only, body }) => only !== undefined || body === undefined,
    'An edited body needs the id of its message in `only`.',
  );
const discardBody = z
  .strictObject({
    why: z.string().trim().min(1).max(500),
    isAll: z.literal(true).optional(),
    filter: z.strictObject(filter).optional(),
  })
  .refine(
    ({ isAll, filter = {} }) => (isAll ?? false) === (Object.keys(filter).length === 0),
    'Either `isAll` or a filter is needed.',
  );

/** Operator routes for dead-letter queues: the functions of `npm run dlq`, and a poison message to fill them. */
export function registerDeadLetters(app: App, { topology, target, records }: DeadLetterOptions): void {
  const deadLetterQueues = deadLetterQueuesOf(topology);
  const poisonBody = z.strictObject({ queue: z.enum(Object.keys(topology.queues) as QueueName[]) });
  const { saveRecord } = records;
  const workbenchOf = (who = ''): Workbench => createWorkbench({ ...target, saveRecord, who });
  const cache = createDeadLetterCache(workbenchOf());

  const queueOf = (name: string): Dlq => {
    const queue = deadLetterQueues.find((queue) => queue.name === name);
    if (!queue)
      throw new DomainError(
        'notFound',
        'no-such-queue',
        'There is no dead-letter queue of this name. GET /console/dead-letters lists them.',
      );
    return queue;
  };

  app.get('/dead-letters', { config: operator }, async (): Promise<DeadLetterQueue[]> => {
    const workbench = workbenchOf();
    const describe = async (dlq: Dlq): Promise<DeadLetterQueue> => {
      const { name: queue, kind, what, destination } = dlq;
      return { queue, kind, what, destination: destination.name, ...(await workbench.depth(dlq)) };
    };
    return Promise.all(deadLetterQueues.map(describe));
  });

  app.get(
    '/dead-letters/:queue',
    { config: operator, schema: { params } },
    async ({ params }): Promise<DeadLetterMessage[]> => {
      const queue = queueOf(params.queue);
      const { deadLetters } = await cache.list(queue);
      const redrives = await records.redrives();
      return deadLetters.slice(0, FIRST_MESSAGES).map((letter) => messageOf(queue, letter, redrives));
    },
  );

  app.get(
    '/dead-letter-messages',
    { config: operator, schema: { querystring: query } },
    async ({ query: { queue: name, ...rest } }): Promise<DeadLetterPage> => {
      const chosen = name === undefined ? deadLetterQueues : [queueOf(name)];
      const listed = await Promise.all(
        chosen.map(async (queue) => ({ queue, ...(await cache.list(queue)) })),
      );
      return pageOf(listed, rest, await records.redrives());
    },
  );

  app.post(
    '/dead-letters/:queue/redrive',
    { config: operator, schema: { params, body: redriveBody } },
    async ({ params, body, identity }): Promise<Redriven> => {
      const reasons: Record<string, string> = {};
      const queue = queueOf(params.queue);
      const workbench = workbenchOf(identity?.subject);
      const { sent, left, notDeleted, end } = await cache.change(queue, () =>
        workbench.redrive(queue, {
          ...body,
          isForced: body.isForced ?? false,
          rate: REDRIVE_RATE,
          onMessage: ({ messageId }, outcome) => {
            if (outcome.kind !== 'sent') reasons[messageId] = outcome.reason;
          },
        }),
      );
      requireFound(body.only, end);
      return { sent, left: left + notDeleted, reasons };
    },
  );

  app.post(
    '/dead-letters/:queue/discard',
    { config: operator, schema: { params, body: discardBody } },
    async ({ params, body: { why, filter = {} }, identity }): Promise<Discarded> => {
      const queue = queueOf(params.queue);
      const workbench = workbenchOf(identity?.subject);
      const { discarded, notDeleted, end } = await cache.change(queue, () =>
        workbench.discard(queue, { why, selection: filter }),
      );
      requireFound(filter.only, end);
      return { discarded, left: notDeleted };
    },
  );

  app.post('/poison', { config: operator, schema: { body: poisonBody } }, async ({ body }, reply) =>
    reply.code(202).send(await sendPoisonMessage(target, topology, body.queue)),
  );
}

/** Throws a DomainError if the only message of a redrive or discard was not found. */
function requireFound(only: string | undefined, end: string): void {
  if (only === undefined || end === 'found') return;
  throw new DomainError(
    'notFound',
    'no-such-message',
    'The queue has no message with this id any more. Load the list again.',
  );
}
