import type { Phase } from './profiles.ts';

/**
 * Due time of each request of a run, in milliseconds from its start, ascending: a Poisson process, as of independent clients.
 * It does not depend on responses (open model): a system that falls behind gets the same requests, and latency is measured
 * from the due time.
 */
export function* arrivals(
  phases: readonly Phase[],
  perSecond: number,
  random: () => number,
): Generator<number, void> {
  let startMs = 0;
  for (const { seconds, share } of phases) {
    const endMs = startMs + seconds * 1000;
    const gap = () => -Math.log(1 - random()) * (1000 / (perSecond * share));
    for (let dueMs = startMs + gap(); dueMs < endMs; dueMs += gap()) yield dueMs;
    startMs = endMs;
  }
}

/** Expected number of requests of these phases. */
export function expectedCount(phases: readonly Phase[], perSecond: number): number {
  return phases.reduce((sum, { seconds, share }) => sum + seconds * share * perSecond, 0);
}

/** Numbers from 0 to below 1 by the mulberry32 generator: the same seed gives the same ones. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
