import type { Bill } from '@tandem/bill/bill';
import { dollars, type Line } from '@tandem/bill/line';
import { Fact } from '../../parts/fact.tsx';
import { integer } from '../../parts/format.ts';
import { Table } from '../../parts/table.tsx';

const CENT = 0.005;
const kinds = {
  setting: 'configurable limit',
  quota: 'AWS quota, can be raised',
  limit: 'hard limit of AWS',
} as const;

/** Bill: totals, exceeded limits and line items. */
export function BillView({
  bill: { total, perMillionRequests, requests, excesses, lines },
}: {
  readonly bill: Bill;
}) {
  const sorted = [...lines].sort((a, b) => b.monthly - a.monthly);
  const free = sorted.filter(({ monthly }) => monthly < CENT);
  return (
    <>
      <dl class="facts">
        <Fact name="Per month">{dollars(total)}</Fact>
        <Fact name="Per million requests">{dollars(perMillionRequests)}</Fact>
        <Fact name="Requests per month">{integer(requests)}</Fact>
      </dl>
      {excesses.length === 0 ? (
        <p class="notice good">This traffic exceeds no limit.</p>
      ) : (
        <Table
          label="Exceeded limits, the largest excess first"
          columns={['Exceeded limit', { number: 'Used' }, { number: 'Allowed' }, 'Unit', 'Remedy']}
        >
          {excesses.map(({ limit, used, allowed, unit, kind, remedy }) => (
            <tr key={limit}>
              <th scope="row">
                {limit} <span class={kind === 'limit' ? 'bad-ink' : 'quiet'}>({kinds[kind]})</span>
              </th>
              <td class="number">{integer(Math.ceil(used))}</td>
              <td class="number">{integer(Math.floor(allowed))}</td>
              <td>{unit}</td>
              <td>{remedy}</td>
            </tr>
          ))}
        </Table>
      )}
      <Items label="Line items" lines={sorted.filter(({ monthly }) => monthly >= CENT)} />
      {free.length > 0 && (
        <details>
          <summary>{free.length} more below one cent</summary>
          <Items label="Line items below one cent" lines={free} />
        </details>
      )}
    </>
  );
}

function Items({ label, lines }: { readonly label: string; readonly lines: readonly Line[] }) {
  return (
    <Table label={label} columns={['Item', { number: 'Per month' }, 'Formula']}>
      {lines.map(({ item, monthly, formula, inputs }) => (
        <tr key={item}>
          <th scope="row">{item}</th>
          <td class="number">{dollars(monthly)}</td>
          <td>
            {inputs.length === 0 ? (
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
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}
