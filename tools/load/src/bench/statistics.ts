/** Median of measurements, with an interval that contains the true median with a probability of `confidence`. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** At least {@link CONFIDENCE}; less with fewer than {@link MIN_ROUNDS} values. */
  readonly confidence: number;
}

/** What a target demands of a value. */
export type Limit = { readonly atMost: number } | { readonly atLeast: number };

/** `not decided`: the interval contains the limit, so that more rounds or a quieter machine may say either. */
export type Verdict = 'met' | 'missed' | 'not decided';

/** Confidence of an interval. */
export const CONFIDENCE = 0.95;
/** Change from the first to the second half of the rounds that is not called a trend. */
const MAX_CHANGE = 1.05;
/** Fewest rounds whose least and greatest value enclose the median with that confidence: 1 − 2 × 0.5⁶ = 0.97. */
export const MIN_ROUNDS = 6;

/** The middle value, or the mean of the two middle ones; NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const [below = Number.NaN, above = Number.NaN] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  return (below + above) / 2;
}

/**
 * Interval of the median by the sign test: it assumes nothing about the distribution, so that a round in which the machine did
 * something else widens it by one rank at most. It is the narrowest pair of ranks, counted from both ends, that has the
 * confidence: with 7 rounds the least and the greatest value, with 9 the second of each.
 */
export function estimate(values: readonly number[]): Estimate {
  const sorted = values.toSorted((a, b) => a - b);
  let rank = 0;
  while (2 * (rank + 2) <= sorted.length && confidenceAt(rank + 1, sorted.length) >= CONFIDENCE) rank++;
  const [low = Number.NaN, high = Number.NaN] = [sorted[rank], sorted.at(-1 - rank)];
  return { median: median(sorted), low, high, confidence: confidenceAt(rank, sorted.length) };
}

/** Divides the values of two subjects round by round, since the rounds of both had the same conditions. */
export function ratios(dividend: readonly number[], divisor: readonly number[]): number[] {
  return dividend.map((value, round) => value / (divisor[round] ?? Number.NaN));
}

/**
 * Whether values rise or fall from the first to the last, by the Mann-Kendall test at 95 %, and by more than a few percent: such as
 * the CPU time of a runtime that is still compiling its code. An interval of such values says nothing about what they tend to.
 */
export function hasTrend(values: readonly number[]): boolean {
  const pairs = values.flatMap((value, i) => values.slice(i + 1).map((later) => Math.sign(later - value)));
  const count = values.length;
  const deviation = Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18);
  const score = Math.abs(pairs.reduce((sum, sign) => sum + sign, 0));
  const half = Math.floor(count / 2);
  const change = median(values.slice(-half)) / median(values.slice(0, half));
  return (score - 1) / deviation > 1.96 && Math.abs(Math.log(change)) > Math.log(MAX_CHANGE);
}

/** Decides only if the whole interval is on one side of the limit. */
export function judge({ low, high, confidence }: Estimate, limit: Limit): Verdict {
  if (confidence < CONFIDENCE) return 'not decided';
  const [isMet, isMissed] =
    'atMost' in limit
      ? [high <= limit.atMost, low > limit.atMost]
      : [low >= limit.atLeast, high < limit.atLeast];
  return isMet ? 'met' : isMissed ? 'missed' : 'not decided';
}

/** Probability that the median is between the values of this rank from both ends, of which the first has rank 0. */
function confidenceAt(rank: number, count: number): number {
  let [outside, combinations] = [0, 1];
  for (let i = 0; i <= rank; i++) {
    outside += combinations;
    combinations = (combinations * (count - i)) / (i + 1);
  }
  return 1 - (2 * outside) / 2 ** count;
}
