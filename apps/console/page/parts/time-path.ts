import { type Frame, heightOf, rounded } from './chart.ts';

/**
 * SVG path through values at equal distances, from the left edge to the right. It has gaps where there is no value; one between two
 * gaps is a dot.
 */
export function pathWithGaps(values: readonly (number | null)[], frame: Frame): string {
  const step = values.length < 2 ? 0 : frame.width / (values.length - 1);
  return values
    .map((value, index) => {
      if (value === null) return '';
      const point = `${rounded(index * step)} ${rounded(frame.height - heightOf(value, frame))}`;
      const isStart = (values[index - 1] ?? null) === null;
      const isEnd = (values[index + 1] ?? null) === null;
      return `${isStart ? 'M' : 'L'}${point}${isStart && isEnd ? 'h0' : ''}`;
    })
    .join('');
}

/** The latest values of a number of intervals; where there are fewer, the first ones have no value. */
export function latest(values: readonly (number | null)[], length: number): readonly (number | null)[] {
  const missing = Math.max(0, length - values.length);
  return [...Array.from<null>({ length: missing }).fill(null), ...values.slice(-length)];
}
