import type { App } from '@tandem/chassis/http/types';
import { z } from 'zod';
import type { History } from './metrics-history.ts';
import { type Stream, streamHeaders } from './stream.ts';

const MAX_PAGE = 4_000;
const DEFAULT_PAGE = 1_000;
const DEFAULT_MINUTES = 15;

const number = z.coerce.number().int().min(0).optional();
const pageQuery = z.strictObject({
  before: number,
  after: number,
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(DEFAULT_PAGE),
});

/** Routes of the event stream, of the latest steps, and of the metrics of the last minutes. */
export function registerStream(
  app: App,
  { stream, history }: { readonly stream: Stream; readonly history: Pick<History, 'read'> },
): void {
  app.head('/events', { config: { system: true } }, async (_request, reply) =>
    reply.headers(streamHeaders).send(),
  );
  // System route: a stream would hold one of the few concurrency slots permanently.
  app.get(
    '/events',
    {
      config: { system: true },
      exposeHeadRoute: false,
      schema: { querystring: z.object({ after: z.string().optional() }) },
    },
    async ({ headers, query }, reply) => {
      stream.open(reply.raw, String(headers['last-event-id'] ?? query.after ?? ''));
      reply.hijack();
    },
  );
  app.get('/events/recent', { schema: { querystring: pageQuery } }, async ({ query }) =>
    stream.recent(query),
  );
  app.get(
    '/metrics',
    {
      schema: {
        querystring: z.strictObject({ minutes: z.coerce.number().min(1).max(15).default(DEFAULT_MINUTES) }),
      },
    },
    async ({ query: { minutes } }) => history.read(minutes),
  );
}
