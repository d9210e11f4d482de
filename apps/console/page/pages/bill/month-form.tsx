import type { Signal } from '@preact/signals';
import type { Month } from './observed-traffic.ts';
import { count } from './figures.ts';

/** Largest power of ten that the traffic can be multiplied by. */
const MAX_POWER = 6;

/** Form for the extrapolation of the observed traffic to a month. */
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
        <label for="bill-times">Multiple of the observed traffic</label>
        <output class="number" for="bill-times">
          {count(times)}×
        </output>
        <input
          id="bill-times"
          type="range"
          min={0}
          max={MAX_POWER}
          step={1}
          value={Math.log10(times)}
          aria-valuetext={`${count(times)} times`}
          onInput={({ currentTarget }) => change({ times: 10 ** Number(currentTarget.value) })}
        />
      </div>
      <fieldset>
        <legend>Traffic pattern</legend>
        {choice(true, 'constant, day and night')}
        {choice(false, 'once a day, idle otherwise')}
      </fieldset>
    </form>
  );
}
