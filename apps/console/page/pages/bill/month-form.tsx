import type { Signal } from '@preact/signals';
import type { Month } from './seen.ts';
import { count } from './figures.ts';

/** Powers of ten that the traffic can be multiplied with, up to this one. */
const POWERS = 6;

/** How what was seen becomes a month. */
export function MonthForm({ month }: { readonly month: Signal<Month> }) {
  const { times, isAllDay } = month.value;
  const change = (to: Partial<Month>) => void (month.value = { ...month.value, ...to });
  const choice = (value: boolean, text: string) => (
    <label class="choice">
      <input
        type="radio"
        name="hours"
        checked={isAllDay === value}
        onChange={() => change({ isAllDay: value })}
      />
      {text}
    </label>
  );
  return (
    <form class="month" onSubmit={(event) => event.preventDefault()}>
      <div class="times">
        <label for="bill-times">Times what was seen</label>
        <output class="number" for="bill-times">
          {count(times)}×
        </output>
        <input
          id="bill-times"
          type="range"
          min={0}
          max={POWERS}
          step={1}
          value={Math.log10(times)}
          aria-valuetext={`${count(times)} times`}
          onInput={({ currentTarget }) => change({ times: 10 ** Number(currentTarget.value) })}
        />
      </div>
      <fieldset>
        <legend>It comes</legend>
        {choice(true, 'as if all day and all night')}
        {choice(false, 'once a day, and nothing in between')}
      </fieldset>
    </form>
  );
}
