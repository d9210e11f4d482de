import { billOf, firstLimitOf, bills, type Inputs } from '@tandem/bill/bill';
import { costLimits } from '@tandem/bill/cost-limits';
import type { Facts } from '@tandem/bill/facts';
import facts from '@tandem/bill/facts.json';
import { dollars } from '@tandem/bill/line';
import measured from '@tandem/bill/measured.json';
import prices from '@tandem/bill/prices/us-east-1.json';
import { HOLDS } from '@tandem/bill/parts';
import { scenarios } from '@tandem/bill/traffic';
import { serviceNames } from '@tandem/contracts/topology';
import { useMemo } from 'preact/hooks';
import { about, state } from '../../live.ts';
import { address, setParameters } from '../../parts/address.ts';
import { Select, Table } from '../../parts/controls.tsx';
import { capitalized, counted, dayAndTime, integer } from '../../parts/format.ts';
import { accentOf } from '../../parts/topology.ts';
import { BillView } from './bill-view.tsx';
import './bill.css';
import { ScenarioBars } from './charts.tsx';
import { type ObservedTraffic, scenarioOf } from './observed-traffic.ts';
import { multiples, OBSERVED, viewFrom } from './view.ts';

/** Inputs of the bills: the production stacks, the measurements and the price list. */
const inputs: Inputs = { facts: facts as Facts, measured, prices };

/** Bill of each scenario, least traffic first. */
const scenarioBills = bills(inputs);

/** Limits of production's default capacity. */
const limits = costLimits.onDemand;

/** Scenario with the shares of operations that the observation does not count. */
const reference = scenarios.find(({ name }) => name === 'average');

/** Whether an operation only reads. */
function isRead(operation: string): boolean {
  const { write } = inputs.measured.operations[operation as keyof typeof measured.operations];
  return Object.keys(write).length === 0;
}

const choices = [
  [OBSERVED, 'of this system'],
  ...scenarioBills.map(({ name, description }) => [name, `${name}: ${description}`] as const),
] as const;
const patterns = [
  ['', 'constant, day and night'],
  ['daily', 'once a day, idle otherwise'],
] as const;

/** Bill page: monthly AWS cost of the traffic of this system, or of a scenario. */
export default function BillPage() {
  const names = scenarioBills.map(({ name }) => name);
  const { traffic, times, isAllDay } = viewFrom(address.value.parameters, names);
  const observed = useObservedTraffic();
  const observedBill = useMemo(() => {
    const scenario =
      observed && reference && scenarioOf(observed, { times, isAllDay }, { reference, isRead });
    return scenario && billOf(scenario, inputs);
  }, [observed, times, isAllDay]);
  const isObserved = traffic === OBSERVED;
  const bill = isObserved ? observedBill : scenarioBills.find(({ name }) => name === traffic);
  return (
    <>
      <h1>Bill</h1>
      <p class="lead">
        What this system costs on AWS a month: the stacks of production × the measured consumption of a
        request × a dated price list.
      </p>
      <form class="row traffic" onSubmit={(event) => event.preventDefault()}>
        <Select
          label="Traffic"
          value={traffic}
          options={choices}
          onChoose={(name) => setParameters({ traffic: name === OBSERVED ? '' : name }, true)}
        />
        {isObserved && (
          <>
            <Select
              label="Multiply by"
              value={String(times)}
              options={multiples.map((multiple) => [String(multiple), integer(multiple)] as const)}
              onChoose={(multiple) => setParameters({ times: multiple === '1' ? '' : multiple }, true)}
            />
            <Select
              label="Pattern"
              value={isAllDay ? '' : 'daily'}
              options={patterns}
              onChoose={(pattern) => setParameters({ pattern }, true)}
            />
          </>
        )}
      </form>
      {isObserved && observedBill && observed && <Observation {...observed} />}
      {bill ? <BillView bill={bill} /> : <p class="notice">{emptyReason()} Or choose a scenario.</p>}
      <Scenarios current={traffic} />
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

function Observation({ requests, sinceMs }: ObservedTraffic) {
  return (
    <>
      <p>
        All requests to the gateway since {dayAndTime(sinceMs)}, without those that keep this console current:{' '}
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

function Scenarios({ current }: { readonly current: string }) {
  const first = firstLimitOf(scenarioBills);
  return (
    <section class="panel" aria-labelledby="scenarios-title">
      <h2 id="scenarios-title">Scenarios</h2>
      <p class="small">Ten times the cost is always as much longer.</p>
      <ScenarioBars bills={scenarioBills} current={current} />
      <details>
        <summary>All scenarios as a table</summary>
        <ScenarioTable />
      </details>
      <p class="quiet">
        A test enforces the cost limits. Analytics runs as functions, and is optional in production.
        {first &&
          ` The first hard limit is ${first.limit}, at ${integer(Math.floor(first.at))} times the peak; ${first.remedy}.`}
      </p>
    </section>
  );
}

function ScenarioTable() {
  return (
    <Table
      label="All scenarios"
      columns={[
        'Scenario',
        '#Per month',
        '#Of it for functions',
        '#Cost limit without them',
        '#Per million requests',
        '#Requests',
        '#Exceeded limits',
      ]}
      rows={scenarioBills.map(
        ({ name, description, requests, total, parts, perMillionRequests, excesses }) => [
          `${name}: ${description}`,
          dollars(total),
          dollars(parts.reduce((sum, part) => sum + (part.name === HOLDS ? 0 : part.monthly), 0)),
          limits[name] === undefined ? '—' : dollars(limits[name]),
          dollars(perMillionRequests),
          integer(requests),
          excesses.length,
        ],
      )}
    />
  );
}
