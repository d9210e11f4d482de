import type { WaterfallLine } from '../../parts/waterfall.tsx';
import type { Step } from '../../../server/protocol.ts';

/** Line of a trace; lines of an event have its id and type. */
export interface TraceLine extends WaterfallLine {
  readonly kind: (typeof order)[number];
  readonly eventId?: string;
  readonly eventType?: string;
}

/** Order of steps within the same millisecond. */
const order = ['request', 'committed', 'published', 'received', 'returned', 'applied'] as const;

/**
 * Steps of a trace in order, with times relative to the first. A request starts when it arrives; the commit of an event
 * is a step of its own, from the event's `committedAt`.
 */
export function traceLines(steps: readonly Step[], traceId: string): TraceLine[] {
  const lines = steps
    .filter((step) => step.traceId === traceId)
    .flatMap(linesOf)
    .sort((a, b) => a.startMs - b.startMs || order.indexOf(a.kind) - order.indexOf(b.kind));
  const first = lines[0]?.startMs ?? 0;
  return lines.map((line) => ({ ...line, startMs: line.startMs - first, endMs: line.endMs - first }));
}

/** Lines of a step, in milliseconds since the epoch. */
function linesOf(step: Step): TraceLine[] {
  const { kind, at } = step;
  if (step.kind === 'request') {
    const description = `${step.method} ${step.path} → ${step.status}`;
    return [{ kind, description, startMs: at, endMs: at + step.durationMs }];
  }
  const { eventId, eventType } = step;
  const line = (kind: TraceLine['kind'], at: number, description: string): TraceLine => ({
    kind,
    description: eventType + description,
    startMs: at,
    endMs: at,
    eventId,
    eventType,
  });
  if (step.kind !== 'published') {
    const attempt = step.attempt > 1 ? `, attempt ${step.attempt}` : '';
    return [line(kind, at, ` from ${step.queue}${attempt}`)];
  }
  const commit = step.committedAt === undefined ? [] : [line('committed', step.committedAt, '')];
  return [...commit, line(kind, at, ` to ${step.topic}`)];
}
