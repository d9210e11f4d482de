import { addDays } from '@tandem/analytics/application/dates';
import { useSignal } from '@preact/signals';
import { Button } from '../../parts/controls.tsx';
import { addressOfView, datesOf, recentDays, type View } from './address.ts';

/** Longest range of the API. */
const MAX_DAYS = 400;

/** Links to the latest days, and a form for other dates. Each choice is an address, so that it can be shared. */
export function RangePicker({ view }: { readonly view: View }) {
  const { range } = view;
  const isCustom = !('days' in range);
  return (
    <div class="row range">
      <nav class="row" aria-label="Latest days">
        <span class="small">Latest</span>
        {recentDays.map((days) => (
          <a
            key={days}
            href={addressOfView({ ...view, range: { days } })}
            aria-current={!isCustom && range.days === days ? 'true' : undefined}
          >
            {days} days
          </a>
        ))}
      </nav>
      <Dates key={JSON.stringify(range)} view={view} />
    </div>
  );
}

function Dates({ view }: { readonly view: View }) {
  const { to: today } = datesOf({ days: 1 }, Date.now());
  const initial = datesOf(view.range, Date.now());
  const from = useSignal(initial.from);
  const to = useSignal(initial.to);
  const submit = (event: Event) => {
    event.preventDefault();
    location.hash = addressOfView({ ...view, range: { from: from.value, to: to.value } });
  };
  return (
    <form class="row" onSubmit={submit}>
      <label>
        From (UTC)
        <input
          type="date"
          required
          value={from.value}
          min={to.value && addDays(to.value, 1 - MAX_DAYS)}
          max={to.value}
          onInput={({ currentTarget }) => void (from.value = currentTarget.value)}
        />
      </label>
      <label>
        To (UTC)
        <input
          type="date"
          required
          value={to.value}
          max={today}
          onInput={({ currentTarget }) => void (to.value = currentTarget.value)}
        />
      </label>
      <Button isQuiet>Show</Button>
    </form>
  );
}
