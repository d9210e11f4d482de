import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { ChartCursor } from './chart-cursor.tsx';
import { scaleOf } from './chart.ts';
import { latest, pathWithGaps } from './time-path.ts';
import './time-chart.css';

/** Line of a chart: values of equal intervals, oldest first; null where nothing was measured. */
export interface TimeSeries {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** Class that sets its colour. */
  readonly accent: string;
  /** Whether it is drawn as the lesser one of two with the same colour. */
  readonly isFaint?: boolean;
}

/** Moment on the axis of time, with its meaning. */
export interface TimeMark {
  readonly at: number;
  readonly text: string;
}

interface TimeChartProps {
  readonly title: string;
  /** Lines of equal length; the time before them is empty. */
  readonly series: readonly TimeSeries[];
  /** Length of the axis of time in milliseconds. */
  readonly windowMs: number;
  /** Length of an interval, and the end of the last one, in milliseconds. */
  readonly stepMs: number;
  readonly endAt: number;
  /** Minimum of the scale's upper end. */
  readonly min: number;
  readonly format: (value: number) => string;
  readonly marks?: readonly TimeMark[];
}

const SIZE = { width: 300, height: 72 };

/** Small line chart of the last minutes. The values of a moment are shown under the pointer or by the arrow keys, else the latest ones. */
export function TimeChart(props: TimeChartProps) {
  const { title, windowMs, stepMs, endAt, min, format, marks = [] } = props;
  const id = useId();
  const hovered = useSignal<number | undefined>(undefined);
  const length = Math.round(windowMs / stepMs);
  const series = props.series.map(({ values, ...line }) => ({ ...line, values: latest(values, length) }));
  const known = series.flatMap(({ values }) => values).filter((value) => value !== null);
  const max = scaleOf(known, min);
  const index = Math.min(hovered.value ?? length - 1, length - 1);
  const timeOf = (position: number) => endAt - (length - 1 - position) * stepMs;
  const x = (position: number) => (length < 2 ? SIZE.width : (position / (length - 1)) * SIZE.width);
  const hover = ({ currentTarget, clientX }: PointerEvent & { readonly currentTarget: Element }) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    hovered.value = Math.max(0, Math.round(((clientX - left) / width) * (length - 1)));
  };
  const textAt = (value: number | null | undefined) =>
    value === null || value === undefined ? '–' : format(value);
  const time = new Date(timeOf(index)).toLocaleTimeString('en-GB');
  const values = series.map(({ name, values }) => `${name} ${textAt(values[index])}`);
  return (
    <figure class="time-chart">
      <figcaption id={id}>{title}</figcaption>
      <p class="when small">{hovered.value === undefined ? 'now' : time}</p>
      <ChartCursor
        label={`${title}, by time`}
        length={length}
        position={index}
        text={[time, ...values].join(', ')}
        onMove={(position) => void (hovered.value = position)}
      />
      <svg
        viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
        preserveAspectRatio="none"
        role="img"
        aria-labelledby={id}
        onPointerMove={hover}
        onPointerLeave={() => void (hovered.value = undefined)}
      >
        <path
          class="grid"
          d={`M0 0H${SIZE.width}M0 ${SIZE.height / 2}H${SIZE.width}M0 ${SIZE.height}H${SIZE.width}`}
        />
        {marks.map(({ at, text }) => {
          const position = length - 1 - (endAt - at) / stepMs;
          return (
            position >= 0 && (
              <path key={`${at} ${text}`} class="mark" d={`M${x(position)} 0V${SIZE.height}`}>
                <title>{text}</title>
              </path>
            )
          );
        })}
        {series.map(({ values, accent, isFaint = false }, line) => (
          <path
            key={line}
            class={`line ${accent} ${isFaint ? 'faint' : ''}`}
            d={pathWithGaps(values, { ...SIZE, max })}
          />
        ))}
        {hovered.value !== undefined && <path class="cursor" d={`M${x(index)} 0V${SIZE.height}`} />}
      </svg>
      <div class="axis small" aria-hidden="true">
        <span>{Math.round(windowMs / 60_000)} min ago</span>
        <span>top: {format(max)}</span>
        <span>now</span>
      </div>
      <ul class="list values small">
        {series.map(({ name, values, accent, isFaint = false }, line) => (
          <li key={line} class={`${accent} ${isFaint ? 'faint' : ''}`}>
            <span class="name">{name}</span> <strong class="number">{textAt(values[index])}</strong>
          </li>
        ))}
      </ul>
    </figure>
  );
}
