/** Random source of integers from `min` to `max`, inclusive. */
export type Random = (min: number, max: number) => number;

/** Creates a mulberry32 generator: the same seed gives the same numbers. */
export function seeded(seed: number): Random {
  let state = seed;
  return (min, max) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return min + (((t ^ (t >>> 14)) >>> 0) % (max - min + 1));
  };
}
