import { createMeasures, type Measures } from './measures.ts';
import type { Note } from './note.ts';
import type { Step } from './protocol.ts';

const MAX_STEPS = 2_000;
const MAX_BODIES = 2_000;
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** A step with its place among all. */
export interface NumberedStep {
  readonly number: number;
  readonly step: Step;
}

/** Where all that was seen comes together, in bounded memory. */
export interface Hub {
  readonly hear: (note: Note) => void;
  readonly measures: Measures;
  /** The last steps after that number, so many at most, the oldest first. */
  last(count: number, after?: number): readonly NumberedStep[];
  /** The event as it was published, by its id as steps show it; undefined where it is too long ago. */
  bodyOf(eventId: string): string | undefined;
  /** Calls the listener with each step from now on, until the returned function is called. */
  onStep(listener: (step: NumberedStep) => void): () => void;
}

export function createHub(): Hub {
  const measures = createMeasures();
  const steps: NumberedStep[] = [];
  const bodies = new Map<string, string>();
  const listeners = new Set<(step: NumberedStep) => void>();
  let number = 0;
  let bodyBytes = 0;

  const forget = (eventId: string) => {
    bodyBytes -= bodies.get(eventId)?.length ?? 0;
    bodies.delete(eventId);
  };
  const keepBody = (eventId: string, body: string) => {
    forget(eventId);
    bodies.set(eventId, body);
    bodyBytes += body.length;
    for (const [oldest] of bodies) {
      if (bodies.size <= MAX_BODIES && bodyBytes <= MAX_BODY_BYTES) return;
      forget(oldest);
    }
  };

  return {
    measures,
    hear(note) {
      measures.note(note);
      if (note.kind !== 'step') return;
      const { step, body } = note;
      const numbered = { number: (number += 1), step };
      steps.push(numbered);
      if (steps.length >= 2 * MAX_STEPS) steps.splice(0, MAX_STEPS);
      if (step.kind === 'published' && body !== undefined) keepBody(step.eventId, body);
      for (const listener of listeners) listener(numbered);
    },
    last: (count, after = 0) => steps.slice(-count).filter((it) => it.number > after),
    bodyOf: (eventId) => bodies.get(eventId),
    onStep(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
