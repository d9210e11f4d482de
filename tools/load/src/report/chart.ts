/** Series of values over time, drawn as a line or as dots. */
export interface Series {
  readonly name: string;
  /** Seconds from the start of the run, and the value. */
  readonly points: readonly (readonly [second: number, value: number])[];
  /** Whether values are drawn as dots; default: a line. */
  readonly isDots?: boolean;
  /** Whether it is a dashed line in the colour of the series before it, such as its median; default: no. */
  readonly isSecondary?: boolean;
}

export interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly seconds: number;
  /** Start of the measured span in seconds; the time before it is shaded. */
  readonly from: number;
  readonly series: readonly Series[];
  /** Upper limit of the values, drawn as a line. */
  readonly target?: number | undefined;
}

const [WIDTH, HEIGHT] = [640, 220];
const pad = { left: 52, right: 12, top: 12, bottom: 26 };

/** Renders a chart as a figure: an SVG with a legend, coloured by the page's classes `c0` to `c5`. */
export function figureOf({ title, unit, seconds, from, series, target }: Chart): string {
  const values = series.flatMap(({ points }) => points.map(([, value]) => value));
  const top = niceTop(Math.max(0, ...values, ...(target === undefined ? [] : [target])));
  const x = (second: number) => pad.left + ((WIDTH - pad.left - pad.right) * second) / Math.max(1, seconds);
  const y = (value: number) => HEIGHT - pad.bottom - ((HEIGHT - pad.top - pad.bottom) * value) / top;
  const at = ([second, value]: Series['points'][number]) => `${x(second).toFixed(1)},${y(value).toFixed(1)}`;
  const colors = colorsOf(series);

  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const value = share * top;
    return `<line class="grid" x1="${pad.left}" x2="${WIDTH - pad.right}" y1="${y(value)}" y2="${y(value)}"/><text x="${pad.left - 6}" y="${y(value) + 4}" text-anchor="end">${short(value)}</text>`;
  });
  const times = ticks(seconds).map(
    (second) =>
      `<text x="${x(second)}" y="${HEIGHT - 8}" text-anchor="middle">${second < 600 ? `${second} s` : `${second / 60} min`}</text>`,
  );
  const drawn = series.map(({ points, isDots, isSecondary }, index) => {
    const color = `c${colors[index]}`;
    if (isDots)
      return points
        .map((point) => {
          const [cx, cy] = at(point).split(',');
          return `<circle class="${color}" cx="${cx}" cy="${cy}" r="2"/>`;
        })
        .join('');
    return `<polyline class="${color}${isSecondary ? ' beside' : ''}" points="${points.map(at).join(' ')}"/>`;
  });
  const legend = series.map(
    ({ name, isSecondary }, index) =>
      `<span><i class="c${colors[index]}${isSecondary ? ' beside' : ''}"></i>${escaped(name)}</span>`,
  );
  const limit =
    target === undefined
      ? ''
      : `<line class="target" x1="${pad.left}" x2="${WIDTH - pad.right}" y1="${y(target)}" y2="${y(target)}"/>`;
  if (target !== undefined) legend.push(`<span><i class="target"></i>target: ${target} ${unit}</span>`);
  return `<figure><figcaption>${escaped(title)} <small>${escaped(unit)}</small></figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">
<rect class="unmeasured" x="${x(0)}" y="${pad.top}" width="${x(from) - x(0)}" height="${HEIGHT - pad.top - pad.bottom}"/>
${grid.join('')}${times.join('')}${limit}
${drawn.join('\n')}
</svg>
<div class="legend">${legend.join('')}</div></figure>`;
}

/** Escapes text for HTML. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Colour index of each series; secondary series share the one before. */
function colorsOf(series: readonly Series[]): number[] {
  let color = -1;
  return series.map(({ isSecondary }) => (isSecondary ? color : ++color % 6));
}

/** Top of the axis: 1, 2, 4, 8 or 10 times a power of ten, so that quarters are short numbers. */
export function niceTop(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 8].find((step) => step * power >= value) ?? 10) * power;
}

function ticks(seconds: number): number[] {
  const step = [1, 2, 5, 10, 20, 60, 120, 300, 600, 1_200, 3_600].find((it) => seconds / it <= 8) ?? 7_200;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, i) => i * step);
}

function short(value: number): string {
  if (value >= 10_000) return `${value / 1000}k`;
  return String(Number(value.toPrecision(3)));
}
