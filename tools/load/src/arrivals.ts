import type { Phase } from './profiles.ts';

export const arrivalKinds = ['poisson', 'even'] as const;
/** How requests are spread over time: as by many clients who know nothing of each other, or at equal distances. */
export type ArrivalKind = (typeof arrivalKinds)[number];

/**
 * When each request of a run is due, in milliseconds from its start, ascending. It does not depend on answers: a system
 * that falls behind is asked all the same, and its delay is counted from here.
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

/** How many requests a run has, on average. */
export function expectedCount(phases: readonly Phase[], perSecond: number): number {
  return phases.reduce((sum, { seconds, share }) => sum + seconds * share * perSecond, 0);
}
