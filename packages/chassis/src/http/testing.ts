import { z } from 'zod';
import { DomainError } from '../errors.ts';
import { createLogger } from '../logger.ts';
import { createMetrics } from '../metrics.ts';
import { createApp } from './app.ts';
import type { AppOptions } from './app.ts';
import type { App } from './types.ts';
import { parsePreconditions } from './preconditions.ts';
import { noBody, queryInteger } from './schema.ts';

/** A schema with every type of field that services use. */
export const Thing = z
  .strictObject({
    name: z.string().trim().min(1).max(50),
    price: z.int().min(0),
    tags: z
      .array(z.enum(['new', 'old']))
      .max(5)
      .default([]),
    size: z.object({ width: z.number().positive(), unit: z.string().optional() }).nullish(),
    either: z
      .discriminatedUnion('kind', [
        z.object({ kind: z.literal('at'), at: z.iso.datetime({ offset: true }) }),
        z.object({ kind: z.literal('url'), url: z.url() }),
      ])
      .optional(),
    labels: z.record(z.string().max(20), z.string()).optional(),
    anything: z.unknown().optional(),
  })
  .meta({ id: 'Thing' });

export const ThingQuery = z.object({
  limit: queryInteger(z.int().min(1).max(100).default(20)),
  ids: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.string().min(1)).max(3))
    .optional(),
  mine: z.stringbool().optional(),
});

/** Creates an app with a route of each type; `logged` collects its log lines. */
export async function createSampleApp(
  options: Partial<AppOptions> = {},
): Promise<{ app: App; logLines: LogLine[] }> {
  const logLines: LogLine[] = [];
  const app = await createApp({
    name: 'sample',
    version: '1.2.3',
    description: 'Things',
    logger: createLogger({
      name: 'sample',
      level: 'info',
      destination: { write: (line) => void logLines.push(JSON.parse(line) as LogLine) },
    }),
    metrics: createMetrics(),
    health: { ready: async () => [] },
    validateResponses: true,
    ...options,
  });
  registerThings(app, options.auth === undefined ? {} : { scope: 'things:write' });
  return { app, logLines };
}

type LogLine = Record<string, unknown>;

function registerThings(app: App, guarded: { scope?: string }): void {
  const params = z.object({ id: z.string().min(1).max(20) });
  app.get(
    '/things',
    {
      schema: {
        summary: 'List',
        querystring: ThingQuery,
        response: { 200: z.object({ query: z.unknown() }) },
      },
    },
    async ({ query }) => ({ query }),
  );
  app.get(
    '/things/:id',
    {
      schema: {
        summary: 'Fetch',
        params,
        headers: z.object({ 'if-none-match': z.string().optional() }),
        response: { 200: z.object({ id: z.string() }), 304: noBody('Not modified') },
      },
      config: { problems: [404] },
    },
    async ({ params: { id }, headers }, reply) => {
      if (id === 'missing')
        throw new DomainError('notFound', 'thing-not-found', `There is no thing ${id}. Create it.`);
      if (parsePreconditions(headers).ifNoneMatch) return reply.code(304).send();
      return { id };
    },
  );
  app.put(
    '/things/:id',
    {
      schema: {
        summary: 'Replace',
        params,
        body: Thing,
        response: { 200: z.object({ thing: Thing, by: z.string().nullable() }) },
      },
      config: guarded,
    },
    async ({ body, identity }) => ({ thing: body, by: identity?.subject ?? null }),
  );
  app.patch(
    '/things/:id',
    {
      schema: {
        summary: 'Change',
        params,
        consumes: ['application/merge-patch+json', 'application/json'],
        body: Thing.partial(),
        response: { 204: noBody('Changed') },
      },
    },
    async (_request, reply) => reply.code(204).send(),
  );
  app.post('/things', { schema: { summary: 'Make' } }, async ({ body }) => ({ body: body ?? null }));
}
