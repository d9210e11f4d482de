import { type Frame, heightOf, rounded } from '../../parts/chart.ts';

/** Value at a time (milliseconds since the epoch). */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** Drawing area of the last `windowMs` before `now`. */
export interface TimeFrame extends Frame {
  readonly now: number;
  readonly windowMs: number;
}

/**
 * SVG path through samples ordered by time, latest on the right; '' for fewer than two samples in the window. Older
 * samples are omitted, and values are clamped to the frame.
 */
export function linePath(samples: readonly Sample[], frame: TimeFrame): string {
  const { now, windowMs, width, height } = frame;
  const visible = samples.filter(({ at }) => at >= now - windowMs && at <= now);
  if (visible.length < 2) return '';
  const points = visible.map(({ at, value }) => {
    const x = width * (1 - (now - at) / windowMs);
    return `${rounded(x)} ${rounded(height - heightOf(value, frame))}`;
  });
  return `M${points.join('L')}`;
}

/** Appends a sample, and drops samples that are older than `windowMs` before it. */
export function appendSample<T extends { readonly at: number }>(
  samples: readonly T[],
  sample: T,
  windowMs: number,
): T[] {
  return [...samples.filter(({ at }) => at >= sample.at - windowMs && at < sample.at), sample];
}

/** Spans of consecutive samples that match, from the first of them to the sample after the last, or to the latest one. */
export function spansOf<T extends { readonly at: number }>(
  samples: readonly T[],
  matches: (sample: T) => boolean,
): { readonly from: number; readonly to: number }[] {
  const spans: { from: number; to: number }[] = [];
  let isOpen = false;
  for (const sample of samples) {
    const span = spans.at(-1);
    if (isOpen && span) span.to = sample.at;
    const isMatch = matches(sample);
    if (isMatch && !isOpen) spans.push({ from: sample.at, to: sample.at });
    isOpen = isMatch;
  }
  return spans;
}
