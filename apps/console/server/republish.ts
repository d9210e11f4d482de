import { DomainError } from '@tandem/chassis/errors';
import type { App } from '@tandem/chassis/http/types';
import { publishMessages } from '@tandem/chassis/messaging/publisher';
import { formatTraceparent } from '@tandem/chassis/trace';
import type { Records } from '@tandem/dlq/record';
import type { Target } from '@tandem/dlq/target';
import { z } from 'zod';
import { readMessage } from './message.ts';
import type { Report } from './telemetry-message.ts';
import type { PublishedEvent } from './trace.ts';
import type { TraceStore } from './trace-store.ts';
import { eventOf } from './traces.ts';

export interface RepublishOptions {
  readonly traces: TraceStore;
  readonly target: Pick<Target, 'sns' | 'topicArn'>;
  readonly records: Pick<Records, 'saveRecord'>;
  readonly report: Report;
}

/**
 * Operator route that publishes a kept event again to its topic, unchanged and in its trace. It is recorded before. Consumers
 * are idempotent: one that has applied it ignores it.
 */
export function registerRepublish(app: App, { traces, target, records, report }: RepublishOptions): void {
  app.post(
    '/events/:eventId/republish',
    { config: { scope: 'operator' }, schema: { params: z.object({ eventId: z.string() }) } },
    async ({ params: { eventId }, identity }, reply) => {
      const published = eventOf(traces, eventId);
      const { topic, body } = published;
      const { event, committedAt } = readMessage(body);
      await records.saveRecord({
        time: new Date().toISOString(),
        who: identity?.subject ?? '',
        destination: topic,
        outcome: 'republished',
        messages: [{ eventId, body }],
      });
      const message = { body, attributes: attributesOf(published, event) };
      const [outcome] = await publishMessages(target.sns, await target.topicArn(topic), [message]);
      if (outcome && outcome.status !== 'published')
        throw new DomainError(
          'unavailable',
          'not-published',
          `The topic rejected the event: ${outcome.reason}`,
        );
      const { traceId, spanId } = published;
      report({
        kind: 'step',
        step: {
          kind: 'published',
          at: Date.now(),
          topic,
          bytes: Buffer.byteLength(body),
          isRepublished: true,
          ...(traceId && { traceId }),
          ...(spanId && { spanId }),
          ...(committedAt !== undefined && { committedAt }),
          ...event,
        },
        body,
      });
      return reply.code(202).send();
    },
  );
}

function attributesOf({ traceId, spanId }: PublishedEvent, event: { eventType: string; eventId: string }) {
  const traceparent = traceId && spanId && formatTraceparent({ traceId, spanId, sampled: true });
  const values = { eventType: event.eventType, eventId: event.eventId, ...(traceparent && { traceparent }) };
  return Object.fromEntries(
    Object.entries(values).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
}
