import { dollars } from '@tandem/bill/line';
import { shortDollars } from './figures.ts';
import { logScale } from './scale.ts';

const ROW = 40;
const AXIS = 26;

interface Dot {
  readonly name: string;
  readonly value: number;
  readonly isChosen: boolean;
}

interface PlotProps {
  readonly title: string;
  readonly dots: readonly Dot[];
  /** Values that are marked by a line. */
  readonly marks?: readonly { readonly name: string; readonly value: number }[];
  readonly choose: (name: string) => void;
}

/**
 * Dot plot with a logarithmic axis, one row per dot. Widths are percentages and heights are pixels, so that text keeps its
 * size on any screen. The table below shows the same data, and is the keyboard-accessible way to select.
 */
export function Plot({ title, dots, marks = [], choose }: PlotProps) {
  const { at, ticks } = logScale([...dots, ...marks].map(({ value }) => value));
  const x = (value: number) => `${(2 + 94 * at(value)).toFixed(2)}%`;
  const bottom = dots.length * ROW + AXIS;
  return (
    <figure class="plot">
      <figcaption>{title}, logarithmic scale</figcaption>
      <svg
        width="100%"
        height={bottom + AXIS}
        role="img"
        aria-label={`${title} by scenario, as in the table`}
      >
        {ticks.map((tick) => (
          <g key={tick} class={tick === ticks.at(-1) ? 'tick last' : 'tick'}>
            <line x1={x(tick)} x2={x(tick)} y1={AXIS} y2={bottom} />
            <text x={x(tick)} y={bottom + 16}>
              {shortDollars(tick)}
            </text>
          </g>
        ))}
        {marks.map(({ name, value }) => (
          <g key={name} class="mark">
            <line x1={x(value)} x2={x(value)} y1={AXIS - 6} y2={bottom} />
            <text x={x(value)} y={14} dx="-4">
              {name}
            </text>
          </g>
        ))}
        {dots.map(({ name, value, isChosen }, row) => (
          <g key={name} class={isChosen ? 'dot-row chosen' : 'dot-row'} onClick={() => choose(name)}>
            <rect x="0" y={AXIS + row * ROW} width="100%" height={ROW} />
            <line x1={x(ticks[0] ?? value)} x2={x(value)} y1={rowY(row)} y2={rowY(row)} />
            <circle cx={x(value)} cy={rowY(row)} r={isChosen ? 6 : 4.5} />
            <text x="2%" y={rowY(row) - 9}>
              {name}
            </text>
            <text x="96%" y={rowY(row) - 9} class="amount">
              {dollars(value)}
            </text>
          </g>
        ))}
      </svg>
    </figure>
  );
}

const rowY = (row: number) => AXIS + row * ROW + 28;
