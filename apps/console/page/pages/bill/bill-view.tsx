import type { Bill } from '@tandem/bill/bill';
import { dollars, type Line } from '@tandem/bill/line';
import { Fact, Table } from '../../parts/controls.tsx';
import { integer } from '../../parts/format.ts';
import { Composition } from './charts.tsx';

const CENT = 0.005;
const kinds = {
  setting: 'configurable limit',
  quota: 'AWS quota, can be raised',
  limit: 'hard limit of AWS',
} as const;

/** Bill: totals, composition and exceeded limits; its items on demand. */
export function BillView({ bill }: { readonly bill: Bill }) {
  const { total, perMillionRequests, requests, excesses, lines } = bill;
  const sorted = [...lines].sort((a, b) => b.monthly - a.monthly);
  const costly = sorted.filter(({ monthly }) => monthly >= CENT);
  const free = sorted.filter(({ monthly }) => monthly < CENT);
  return (
    <section class="panel result" aria-label="Bill">
      <dl class="facts">
        <Fact name="Per month">{dollars(total)}</Fact>
        <Fact name="Per million requests">{dollars(perMillionRequests)}</Fact>
        <Fact name="Requests per month">{integer(requests)}</Fact>
      </dl>
      <Composition bill={bill} />
      {excesses.length === 0 ? (
        <p class="notice good">Within all limits: nothing has to be raised for this traffic.</p>
      ) : (
        <Table
          label="Exceeded limits, the largest excess first"
          columns={['Exceeded limit', '#Used', '#Allowed', 'Unit', 'Remedy']}
          rows={excesses.map(({ limit, used, allowed, unit, kind, remedy }) => [
            <>
              {limit} <span class={kind === 'limit' ? 'bad-ink' : 'quiet'}>({kinds[kind]})</span>
            </>,
            integer(Math.ceil(used)),
            integer(Math.floor(allowed)),
            unit,
            remedy,
          ])}
        />
      )}
      <details>
        <summary>{costly.length} line items, with their formulas</summary>
        <Items label="Line items" lines={costly} />
      </details>
      {free.length > 0 && (
        <details>
          <summary>{free.length} more below one cent</summary>
          <Items label="Line items below one cent" lines={free} />
        </details>
      )}
    </section>
  );
}

function Items({ label, lines }: { readonly label: string; readonly lines: readonly Line[] }) {
  return (
    <Table
      label={label}
      columns={['Item', '#Per month', 'Formula']}
      rows={lines.map(({ item, monthly, formula, inputs }) => [
        item,
        dollars(monthly),
        inputs.length === 0 ? (
          <code>{formula}</code>
        ) : (
          <details>
            <summary>
              <code>{formula}</code>
            </summary>
            {inputs.map(({ name, formula }) => (
              <p key={name}>
                {name}: <code>{formula}</code>
              </p>
            ))}
          </details>
        ),
      ])}
    />
  );
}
