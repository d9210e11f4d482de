import type { Phase } from './profiles.ts';

export const arrivalKinds = ['poisson', 'even'] as const;
/** Distribution of arrivals: `poisson` (independent clients), or `even` (equal intervals). */
export type ArrivalKind = (typeof arrivalKinds)[number];

/**
 * Due time of each request of a run, in milliseconds from its start, ascending. It does not depend on responses (open model):
 * a system that falls behind gets the same requests, and latency is measured from the due time.
 */
export function* arrivals(
  phases: readonly Phase[],
  perSecond: number,
  kind: ArrivalKind,
  random: () => number,
): Generator<number, void> {
  let startMs = 0;
  for (const { seconds, share } of phases) {
    const gapMs = 1000 / (perSecond * share);
    const endMs = startMs + seconds * 1000;
    const gap = kind === 'even' ? () => gapMs : () => -Math.log(1 - random()) * gapMs;
    for (let dueMs = kind === 'even' ? startMs : startMs + gap(); dueMs < endMs - 1e-6; dueMs += gap()) {
      yield dueMs;
    }
    startMs = endMs;
  }
}

/** Expected number of requests of a run. */
export function expectedCount(phases: readonly Phase[], perSecond: number): number {
  return phases.reduce((sum, { seconds, share }) => sum + seconds * share * perSecond, 0);
}
