import { billOf, firstLimitOf } from '@tandem/bill/bill';
import { costLimits } from '@tandem/bill/cost-limits';
import { dollars } from '@tandem/bill/line';
import { serviceNames } from '@tandem/contracts/topology';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { about, state } from '../../live.ts';
import { accentOf } from '../../parts/accent.ts';
import { capitalized, counted, integer } from '../../parts/format.ts';
import { Select } from '../../parts/select.tsx';
import { Table } from '../../parts/table.tsx';
import { BillView } from './bill-view.tsx';
import './bill.css';
import { inputs, isRead, reference, scenarioBills } from './data.ts';
import { type Month, type ObservedTraffic, scenarioOf } from './observed-traffic.ts';

const OBSERVED = 'observed';
const choices = [
  [OBSERVED, 'observed by this gateway'],
  ...scenarioBills.map(({ name, description }) => [name, `${name}: ${description}`] as const),
] as const;
const multiples = Array.from({ length: 7 }, (_, power) => 10 ** power);
const patterns = [
  ['allDay', 'constant, day and night'],
  ['onceADay', 'once a day, idle otherwise'],
] as const;

/** Bill page: monthly AWS cost of the observed traffic, or of a scenario of the design. */
export default function BillPage() {
  const traffic = useSignal<string>(OBSERVED);
  const month = useSignal<Month>({ times: 1, isAllDay: true });
  const { times, isAllDay } = month.value;
  const observed = useObservedTraffic();
  const observedBill = useMemo(() => {
    const scenario =
      observed && reference && scenarioOf(observed, { times, isAllDay }, { reference, isRead });
    return scenario && billOf(scenario, inputs);
  }, [observed, times, isAllDay]);
  const isObserved = traffic.value === OBSERVED;
  const bill = isObserved ? observedBill : scenarioBills.find(({ name }) => name === traffic.value);
  return (
    <>
      <h1>Bill</h1>
      <p class="lead">
        Monthly cost on AWS: the production stacks × the measured consumption per request × a dated price
        list. Every amount has its formula.
      </p>
      <form class="row traffic" onSubmit={(event) => event.preventDefault()}>
        <Select
          label="Traffic"
          value={traffic.value}
          options={choices}
          onChoose={(name) => void (traffic.value = name)}
        />
        {isObserved && (
          <>
            <Select
              label="Multiplied by"
              value={String(times)}
              options={multiples.map((multiple) => [String(multiple), integer(multiple)])}
              onChoose={(multiple) => void (month.value = { isAllDay, times: Number(multiple) })}
            />
            <Select
              label="Pattern"
              value={isAllDay ? 'allDay' : 'onceADay'}
              options={patterns}
              onChoose={(pattern) => void (month.value = { times, isAllDay: pattern === 'allDay' })}
            />
          </>
        )}
      </form>
      {isObserved && observedBill && observed && <Observation {...observed} />}
      {bill ? <BillView bill={bill} /> : <p class="notice">{emptyReason()} Or choose a scenario.</p>}
      <h2>Scenarios of the design</h2>
      <Scenarios />
      <p class="quiet">
        Consumption was measured on {inputs.measured.date}. Prices are those of {inputs.prices.region},
        without volume discounts, support and tax: <code>npm run bill -- --html bill.html</code> writes a page
        with the source and date of each.
      </p>
    </>
  );
}

function emptyReason(): string {
  if (about.value === null) return 'This page is not connected to a running system.';
  if (!state.value) return 'The traffic counts are not loaded yet.';
  return 'There were no requests yet: buy something in the shop, then come back.';
}

/** Observed traffic; changes only when a request is counted, so that the figures do not change every second. */
function useObservedTraffic(): ObservedTraffic | undefined {
  const { traffic, at = 0 } = state.value ?? {};
  return useMemo(() => traffic && { ...traffic, untilMs: at }, [JSON.stringify(traffic)]);
}

function Observation({ requests, sinceMs, untilMs }: ObservedTraffic) {
  return (
    <>
      <p>
        From {time(sinceMs)} to {time(untilMs)}:{' '}
        {serviceNames.map((service, index) => (
          <>
            {index > 0 && ', '}
            <b class={`accent-ink ${accentOf(service)}`}>{capitalized(service)}</b>{' '}
            {counted(requests[service].reads, 'read')} and {counted(requests[service].writes, 'write')}
          </>
        ))}
        .
      </p>
      <p class="quiet">
        The month is extrapolated from the rate of these requests. Only reads and writes are counted; their
        split into operations is that of the scenarios.
      </p>
    </>
  );
}

function Scenarios() {
  const first = firstLimitOf(scenarioBills);
  return (
    <>
      <Table
        label="All scenarios"
        columns={[
          'Scenario',
          { number: 'Per month' },
          { number: 'Cost limit' },
          { number: 'Per million requests' },
          { number: 'Requests' },
          { number: 'Exceeded limits' },
        ]}
      >
        {scenarioBills.map(({ name, description, requests, total, perMillionRequests, excesses }) => (
          <tr key={name}>
            <th scope="row">
              {name}: {description}
            </th>
            <td class="number">{dollars(total)}</td>
            <td class="number">{costLimits[name] === undefined ? '—' : dollars(costLimits[name])}</td>
            <td class="number">{dollars(perMillionRequests)}</td>
            <td class="number">{integer(requests)}</td>
            <td class="number">{excesses.length}</td>
          </tr>
        ))}
      </Table>
      <p class="quiet">
        A test enforces the cost limits.
        {first &&
          ` The first hard limit is ${first.limit}, at ${integer(Math.floor(first.at))} times the peak; ${first.remedy}.`}
      </p>
    </>
  );
}

function time(ms: number): string {
  return new Date(ms).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' });
}
