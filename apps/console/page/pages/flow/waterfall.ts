import type { Step } from '../../../server/protocol.ts';

/** Line of a waterfall: a span from `startMs` to `endMs`, both relative to the first step. */
export interface Line {
  readonly kind: Step['kind'] | 'committed';
  readonly description: string;
  readonly at: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly eventId?: string;
  readonly eventType?: string;
}

export interface Waterfall {
  readonly lines: readonly Line[];
  readonly lengthMs: number;
}

type Span = Omit<Line, 'startMs' | 'endMs'> & { readonly until: number };

/** Order of steps within the same millisecond. */
const order: readonly Line['kind'][] = [
  'request',
  'committed',
  'published',
  'received',
  'returned',
  'applied',
];

/**
 * Steps of a trace in order, with times relative to the first. A request starts when it arrives; the commit of an event
 * is a step of its own, from the event's `committedAt`.
 */
export function waterfall(steps: readonly Step[], traceId: string): Waterfall {
  const spans = steps.filter((step) => step.traceId === traceId).flatMap(spansOf);
  spans.sort((a, b) => a.at - b.at || order.indexOf(a.kind) - order.indexOf(b.kind));
  const first = spans[0]?.at ?? 0;
  return {
    lines: spans.map(({ until, ...line }) => ({
      ...line,
      startMs: line.at - first,
      endMs: until - first,
    })),
    lengthMs: Math.max(0, ...spans.map(({ until }) => until - first)),
  };
}

function spansOf(step: Step): Span[] {
  const { kind, at } = step;
  if (step.kind === 'request')
    return [
      {
        kind,
        at,
        until: at + step.durationMs,
        description: `${step.method} ${step.path} → ${step.status}`,
      },
    ];
  const { eventId, eventType } = step;
  if (step.kind !== 'published')
    return [
      {
        kind,
        at,
        until: at,
        eventId,
        eventType,
        description: `${eventType} from ${step.queue}${step.attempt > 1 ? `, attempt ${step.attempt}` : ''}`,
      },
    ];
  const published: Span = {
    kind,
    at,
    until: at,
    eventId,
    eventType,
    description: `${eventType} to ${step.topic}`,
  };
  if (step.committedAt === undefined) return [published];
  return [
    {
      kind: 'committed',
      at: step.committedAt,
      until: step.committedAt,
      eventId,
      eventType,
      description: eventType,
    },
    published,
  ];
}
