/** Drawing area of a chart, and the value at its upper edge. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly max: number;
}

/** Smallest round number that is at least the largest value and at least `min`. */
export function scaleOf(values: readonly number[], min: number): number {
  const largest = Math.max(min, ...values);
  const unit = 10 ** Math.floor(Math.log10(largest));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((step) => step * unit >= largest) ?? 10;
  return step * unit;
}

/** Height of a value above the lower edge, clamped to the frame. */
export function heightOf(value: number, { height, max }: Frame): number {
  return max <= 0 ? 0 : height * Math.min(Math.max(value / max, 0), 1);
}

/** SVG path through values at equal distances, from the left edge to the right; a single value is a dot in the middle. */
export function pathThrough(values: readonly number[], frame: Frame): string {
  const y = (value: number) => rounded(frame.height - heightOf(value, frame));
  const [only] = values;
  if (only === undefined) return '';
  if (values.length === 1) return `M${rounded(frame.width / 2)} ${y(only)}h0`;
  const step = frame.width / (values.length - 1);
  return `M${values.map((value, index) => `${rounded(index * step)} ${y(value)}`).join('L')}`;
}

/** Coordinate with one decimal digit. */
export function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
