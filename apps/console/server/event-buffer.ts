import { createMetrics, type Metrics } from './metrics.ts';
import type { TelemetryMessage } from './telemetry-message.ts';
import type { Step } from './protocol.ts';

const MAX_STEPS = 2_000;
const MAX_BODIES = 2_000;
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** Step with its sequence number. */
export interface NumberedStep {
  readonly number: number;
  readonly step: Step;
}

/** Buffer of the latest telemetry of all processes, bounded in memory. */
export interface EventBuffer {
  readonly append: (message: TelemetryMessage) => void;
  readonly metrics: Metrics;
  /** Latest steps after a sequence number, at most `count`, oldest first. */
  last(count: number, after?: number): readonly NumberedStep[];
  /** Published event by its id; undefined if it is no longer buffered. */
  bodyOf(eventId: string): string | undefined;
  /** Subscribes to steps; returns the function that unsubscribes. */
  onStep(listener: (step: NumberedStep) => void): () => void;
}

export function createEventBuffer(): EventBuffer {
  const metrics = createMetrics();
  const steps: NumberedStep[] = [];
  const bodies = new Map<string, string>();
  const listeners = new Set<(step: NumberedStep) => void>();
  let number = 0;
  let bodyBytes = 0;

  const evict = (eventId: string) => {
    bodyBytes -= bodies.get(eventId)?.length ?? 0;
    bodies.delete(eventId);
  };
  const keepBody = (eventId: string, body: string) => {
    evict(eventId);
    bodies.set(eventId, body);
    bodyBytes += body.length;
    for (const [oldest] of bodies) {
      if (bodies.size <= MAX_BODIES && bodyBytes <= MAX_BODY_BYTES) return;
      evict(oldest);
    }
  };

  return {
    metrics,
    append(message) {
      metrics.record(message);
      if (message.kind !== 'step') return;
      const { step, body } = message;
      const numbered = { number: (number += 1), step };
      steps.push(numbered);
      if (steps.length >= 2 * MAX_STEPS) steps.splice(0, MAX_STEPS);
      if (step.kind === 'published' && body !== undefined) keepBody(step.eventId, body);
      for (const listener of listeners) listener(numbered);
    },
    last: (count, after = 0) => steps.slice(-count).filter((step) => step.number > after),
    bodyOf: (eventId) => bodies.get(eventId),
    onStep(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
