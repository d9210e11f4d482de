import { DomainError } from '@tandem/chassis/errors';
import type { App } from '@tandem/chassis/http/types';
import type { ServiceName, Topology } from '@tandem/contracts/topology';
import { z } from 'zod';
import type { TraceDetail, TracePage } from './protocol.ts';
import type { PublishedEvent } from './trace.ts';
import type { TraceStore } from './trace-store.ts';

const operator = { scope: 'operator' };
const MAX_PAGE = 500;
const text = z.string().min(1).optional();

/** Routes to traces, without payloads, and for the operator to the payload of an event. */
export function registerTraces(
  app: App,
  { traces, topology }: { readonly traces: TraceStore; readonly topology: Topology },
): void {
  const query = z.strictObject({
    service: z.enum(Object.keys(topology.services) as ServiceName[]).optional(),
    type: text,
    product: text,
    cart: text,
    status: z.enum(['ok', 'clientError', 'failed', 'deadLettered']).optional(),
    minMs: z.coerce.number().min(0).optional(),
    hasEvents: z.stringbool().optional(),
    before: z.coerce.number().int().min(1).optional(),
    limit: z.coerce.number().int().min(1).max(MAX_PAGE).optional(),
  });
  app.get('/traces', { schema: { querystring: query } }, async ({ query }): Promise<TracePage> =>
    traces.list(query),
  );
  app.get(
    '/traces/:id',
    { schema: { params: z.object({ id: z.string() }) } },
    async ({ params: { id } }): Promise<TraceDetail> => {
      const trace = traces.find(id);
      if (trace) return trace;
      throw new DomainError(
        'notFound',
        'trace-not-kept',
        'The trace is unknown or no longer kept. Recent traces are kept, those with failures longer.',
      );
    },
  );
  app.get(
    '/events/:eventId',
    { config: operator, schema: { params: z.object({ eventId: z.string() }) } },
    async ({ params: { eventId } }) => ({ body: eventOf(traces, eventId).body }),
  );
}

/** A published event by its id. Throws a DomainError if it is no longer kept. */
export function eventOf(traces: TraceStore, eventId: string): PublishedEvent {
  const event = traces.eventOf(eventId);
  if (event) return event;
  throw new DomainError(
    'notFound',
    'event-not-kept',
    'The event is no longer kept. Only events of recent traces can be read.',
  );
}
