import type { PriceEffect as Effect } from '@tandem/analytics/application/price-effect';
import { useId } from 'preact/hooks';
import { heightOf, scaleOf } from '../../parts/chart.ts';
import { Fact, Table } from '../../parts/controls.tsx';
import { counted, formatMoney, integer } from '../../parts/format.ts';
import { average, change as changeOf, NONE, utcTime } from './texts.ts';

const HOURS = 24;
const BAR = { width: 8, gap: 2, height: 80 };

/** A price change, and the units added in each hour before and after it. */
export function PriceEffect({ change }: { readonly change: Effect }) {
  const { from, to, changedAt, unitsAddedPerHour, hoursAfter } = change;
  const { before, after } = unitsAddedPerHour;
  const effect = before === null || after === null ? undefined : changeOf(before, after);
  return (
    <article class="panel">
      <h4>
        {formatMoney(from.price, from.currency)} → {formatMoney(to.price, to.currency)}
      </h4>
      <p class="small">{utcTime(changedAt)}</p>
      <p>Units added per hour:</p>
      <dl class="facts">
        <Fact name="Before">{average(before)}</Fact>
        <Fact name="After">{average(after)}</Fact>
        <Fact name="Change">{effect ?? NONE}</Fact>
      </dl>
      <HourChart change={change} />
      <p class="small">{remarkOn(hoursAfter.length)}</p>
      <HourTable change={change} />
    </article>
  );
}

/** Sentence about the hours that have ended since a change. */
function remarkOn(hours: number): string {
  if (hours === 0)
    return 'It is too early for an effect: the first full hour after the change has not ended yet.';
  if (hours < HOURS)
    return `${counted(hours, 'hour')} of ${HOURS} after the change so far, so the effect may still change.`;
  return `${HOURS} full hours before and after the change; the hour of the change counts for neither.`;
}

function HourChart({ change: { hoursBefore, hoursAfter } }: { readonly change: Effect }) {
  const id = useId();
  const max = scaleOf([...hoursBefore, ...hoursAfter], 1);
  const step = BAR.width + BAR.gap;
  const width = (2 * HOURS + 1) * step;
  const bars = (units: readonly number[], first: number, side: string) =>
    units.map((value, hour) => {
      const height = heightOf(value, { width, height: BAR.height, max });
      return (
        <rect
          key={`${side}-${hour}`}
          class={side}
          x={(first + hour) * step}
          y={BAR.height - height}
          width={BAR.width}
          height={height}
        />
      );
    });
  return (
    <figure class="hour-chart">
      <svg
        viewBox={`0 0 ${width} ${BAR.height}`}
        preserveAspectRatio="none"
        role="img"
        aria-labelledby={`${id}-title`}
        aria-describedby={`${id}-description`}
      >
        <title id={`${id}-title`}>Units added in each hour before and after the price change</title>
        <desc id={`${id}-description`}>
          {`${sumOf(hoursBefore)} units in ${counted(hoursBefore.length, 'hour')} before. ` +
            `${sumOf(hoursAfter)} units in ${counted(hoursAfter.length, 'hour')} after.`}
        </desc>
        <path class="grid" d={`M0 ${BAR.height}H${width}`} />
        {bars(hoursBefore, HOURS - hoursBefore.length, 'before')}
        <path class="moment" d={`M${(HOURS + 0.5) * step - BAR.gap / 2} 0V${BAR.height}`} />
        {bars(hoursAfter, HOURS + 1, 'after')}
      </svg>
      <div class="axis" aria-hidden="true">
        <span>24 h before</span>
        <span>max: {integer(max)}</span>
        <span>24 h after</span>
      </div>
    </figure>
  );
}

function sumOf(units: readonly number[]): string {
  return integer(units.reduce((sum, value) => sum + value, 0));
}

function integerOrNone(units: number | undefined): string {
  return units === undefined ? NONE : integer(units);
}

function HourTable({ change: { hoursBefore, hoursAfter } }: { readonly change: Effect }) {
  const rows = Array.from({ length: HOURS }, (_, index) => {
    const units = hoursAfter[index];
    return [counted(index + 1, 'hour'), integerOrNone(hoursBefore.at(-1 - index)), integerOrNone(units)];
  });
  return (
    <details>
      <summary>Show as a table</summary>
      <Table label="Units added by hour" columns={['Distance', '#Before', '#After']} rows={rows} />
    </details>
  );
}
