/** A value at a time. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** What is drawn: the last `windowMs` before `now`, on `width` × `height`. */
export interface Frame {
  readonly now: number;
  readonly windowMs: number;
  readonly width: number;
  readonly height: number;
  /** What reaches the upper edge. */
  readonly most: number;
}

/**
 * The path of a line through samples in the order of their time, with the latest at the right; '' for fewer than two in
 * the window. One before the window is left out, and no value leaves the frame.
 */
export function linePath(samples: readonly Sample[], { now, windowMs, width, height, most }: Frame): string {
  const seen = samples.filter(({ at }) => at >= now - windowMs && at <= now);
  if (seen.length < 2) return '';
  const points = seen.map(({ at, value }) => {
    const x = width * (1 - (now - at) / windowMs);
    const share = most <= 0 ? 0 : Math.min(Math.max(value / most, 0), 1);
    return `${round(x)} ${round(height * (1 - share))}`;
  });
  return `M${points.join('L')}`;
}

/** A round number that is at least the largest value, and at least `least`. */
export function scaleOf(samples: readonly Sample[], least: number): number {
  const largest = Math.max(least, ...samples.map(({ value }) => value));
  const unit = 10 ** Math.floor(Math.log10(largest));
  const step = [1, 2, 5, 10].find((step) => step * unit >= largest) ?? 10;
  return step * unit;
}

/** `samples` with one more, without those that are older than `windowMs` before it. */
export function remember<T extends { readonly at: number }>(
  samples: readonly T[],
  sample: T,
  windowMs: number,
): T[] {
  return [...samples.filter(({ at }) => at >= sample.at - windowMs && at < sample.at), sample];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
