/** Value at a time (milliseconds since the epoch). */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** Drawing area: the last `windowMs` before `now`, on `width` × `height`. */
export interface Frame {
  readonly now: number;
  readonly windowMs: number;
  readonly width: number;
  readonly height: number;
  /** Value at the upper edge. */
  readonly max: number;
}

/**
 * SVG path through samples ordered by time, latest on the right; '' for fewer than two samples in the window. Older
 * samples are omitted, and values are clamped to the frame.
 */
export function linePath(samples: readonly Sample[], { now, windowMs, width, height, max }: Frame): string {
  const visible = samples.filter(({ at }) => at >= now - windowMs && at <= now);
  if (visible.length < 2) return '';
  const points = visible.map(({ at, value }) => {
    const x = width * (1 - (now - at) / windowMs);
    const share = max <= 0 ? 0 : Math.min(Math.max(value / max, 0), 1);
    return `${round(x)} ${round(height * (1 - share))}`;
  });
  return `M${points.join('L')}`;
}

/** Smallest round number that is at least the largest value and at least `min`. */
export function scaleOf(samples: readonly Sample[], min: number): number {
  const largest = Math.max(min, ...samples.map(({ value }) => value));
  const unit = 10 ** Math.floor(Math.log10(largest));
  const step = [1, 2, 5, 10].find((step) => step * unit >= largest) ?? 10;
  return step * unit;
}

/** Appends a sample, and drops samples that are older than `windowMs` before it. */
export function appendSample<T extends { readonly at: number }>(
  samples: readonly T[],
  sample: T,
  windowMs: number,
): T[] {
  return [...samples.filter(({ at }) => at >= sample.at - windowMs && at < sample.at), sample];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
