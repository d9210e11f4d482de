import { signal } from '@preact/signals';
import type { Step, TraceDetail } from '../../../server/protocol.ts';

/** Time for which each step is shown, in milliseconds: a dot needs about as long for its way. */
const STEP_MS = 700;
/** A longer trace is played in part. */
const MAX_STEPS = 100;

/** Trace that is played in the picture, and the node of the step that is shown; undefined if none is. */
export const playback = signal<{ readonly traceId: string; readonly nodeId: string } | undefined>(undefined);

const listeners = new Set<(step: Step) => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Subscribes to the steps of a trace that is played; returns the function that unsubscribes. */
export function onPlayed(listener: (step: Step) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Plays the steps of a trace one after the other, in the order of time. */
export function playTrace({ id, nodes }: Pick<TraceDetail, 'id' | 'nodes'>): void {
  stopPlayback();
  const all = nodes.flatMap((node) => node.steps.map((step) => ({ step, nodeId: node.id })));
  const left = all.toSorted((a, b) => a.step.at - b.step.at).slice(0, MAX_STEPS);
  const next = () => {
    const shown = left.shift();
    if (!shown) return stopPlayback();
    playback.value = { traceId: id, nodeId: shown.nodeId };
    for (const listener of listeners) listener(shown.step);
    timer = setTimeout(next, STEP_MS);
    return undefined;
  };
  next();
}

/** Ends what is played. */
export function stopPlayback(): void {
  clearTimeout(timer);
  playback.value = undefined;
}
