import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { ChartCursor } from '../../parts/chart-cursor.tsx';
import { heightOf, pathThrough, scaleOf } from '../../parts/chart.ts';
import { integer } from '../../parts/format.ts';
import { course, longDate, shortDate } from './texts.ts';

/** Line of a chart, with a value for each day. */
export interface Series {
  readonly name: string;
  readonly values: readonly number[];
}

interface DayChartProps {
  readonly title: string;
  readonly dates: readonly string[];
  /** At most three: each has its own colour and dashes. */
  readonly series: readonly Series[];
}

const SIZE = { width: 600, height: 170 };

/** Line chart of daily values, or bars for a single day; a day shows its values under the pointer or by the arrow keys. */
export function DayChart({ title, dates, series }: DayChartProps) {
  const id = useId();
  const max = scaleOf(
    series.flatMap(({ values }) => values),
    5,
  );
  const column = SIZE.width / dates.length;
  const shown = useSignal<number | undefined>(undefined);
  const textOf = (day: number) =>
    [
      longDate(dates[day] ?? ''),
      ...series.map(({ name, values }) => `${name}: ${integer(values[day] ?? 0)}`),
    ].join(' · ');
  const day = Math.min(shown.value ?? dates.length - 1, dates.length - 1);
  const labels = [...new Set([dates[0], dates[Math.floor(dates.length / 2)], dates.at(-1)])];
  return (
    <figure class="day-chart">
      <ul class="list row" aria-hidden="true">
        {series.map(({ name }, index) => (
          <li key={name} class={`series-${index + 1}`}>
            <svg viewBox="0 0 26 8" width="26" height="8">
              <path d="M1 4H25" />
            </svg>
            {name}
          </li>
        ))}
      </ul>
      <div class="plot">
        <span aria-hidden="true">{integer(max)}</span>
        <svg
          viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
          preserveAspectRatio="none"
          role="img"
          aria-labelledby={`${id}-title`}
          aria-describedby={`${id}-description`}
        >
          <title id={`${id}-title`}>{title}</title>
          <desc id={`${id}-description`}>
            {series.map(({ name, values }) => `${name}: ${course(values)}.`).join(' ')}
          </desc>
          {[0, 0.5, 1].map((share) => (
            <path key={share} class="grid" d={`M0 ${share * SIZE.height}H${SIZE.width}`} />
          ))}
          {series.map(({ name, values }, index) =>
            dates.length === 1 ? (
              <Bar key={name} position={index} of={series.length} value={values[0] ?? 0} max={max} />
            ) : (
              <path key={name} class={`series-${index + 1}`} d={pathThrough(values, { ...SIZE, max })} />
            ),
          )}
          {dates.map((date, position) => (
            <rect
              key={date}
              class={shown.value === position ? 'day shown' : 'day'}
              x={position * column}
              y="0"
              width={column}
              height={SIZE.height}
              onPointerEnter={() => void (shown.value = position)}
              onPointerLeave={() => void (shown.value = undefined)}
            />
          ))}
        </svg>
        <span aria-hidden="true">0</span>
        <div class="axis" aria-hidden="true">
          {labels.map((date) => date !== undefined && <span key={date}>{shortDate(date)}</span>)}
        </div>
      </div>
      <ChartCursor
        label={`${title}, values of a day`}
        length={dates.length}
        position={day}
        text={textOf(day)}
        onMove={(position) => void (shown.value = position)}
      />
      <p class={shown.value === undefined && dates.length > 1 ? 'small hint' : 'small'}>
        {shown.value === undefined && dates.length > 1
          ? 'Point at a day, or use the arrow keys, for its values.'
          : textOf(day)}
      </p>
    </figure>
  );
}

interface BarProps {
  readonly position: number;
  /** Number of bars. */
  readonly of: number;
  readonly value: number;
  readonly max: number;
}

/** Value of a single day: a line needs two. */
function Bar({ position, of, value, max }: BarProps) {
  const [slot, height] = [SIZE.width / of, heightOf(value, { ...SIZE, max })];
  return (
    <rect
      class={`bar series-${position + 1}`}
      x={slot * (position + 0.25)}
      y={SIZE.height - height}
      width={slot / 2}
      height={height}
    />
  );
}
