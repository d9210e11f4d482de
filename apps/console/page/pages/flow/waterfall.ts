import type { Step } from '../../../server/protocol.ts';

/** A line of a trace: a span from `startMs` to `endMs`, both since the first. */
export interface Line {
  readonly kind: Step['kind'] | 'committed';
  readonly what: string;
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

/** Of steps at the same millisecond, what comes first. */
const order: readonly Line['kind'][] = [
  'request',
  'committed',
  'published',
  'received',
  'returned',
  'applied',
];

/**
 * The steps of a trace in their order, each with its time since the first. A request's time is when it came;
 * an event was committed before it was published, and tells when.
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
        what: `${step.method} ${step.path} → ${step.status}`,
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
        what: `${eventType} from ${step.queue}${step.attempt > 1 ? `, attempt ${step.attempt}` : ''}`,
      },
    ];
  const published: Span = { kind, at, until: at, eventId, eventType, what: `${eventType} to ${step.topic}` };
  if (step.committedAt === undefined) return [published];
  return [
    { kind: 'committed', at: step.committedAt, until: step.committedAt, eventId, eventType, what: eventType },
    published,
  ];
}
