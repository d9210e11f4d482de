import type { Bill } from '@tandem/bill/bill';
import { count } from './figures.ts';

const KINDS = {
  setting: 'configurable limit',
  quota: 'AWS quota, can be raised',
  limit: 'hard limit of AWS',
} as const;

/** Limits that the traffic of a bill exceeds, the largest excess first. */
export function Excesses({ bill: { excesses }, traffic }: { readonly bill: Bill; readonly traffic: string }) {
  const caption = `Limits exceeded by ${traffic}, the largest excess first`;
  if (excesses.length === 0) return <p class="notice good">This traffic exceeds no limit.</p>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table class="excesses">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Limit</th>
            <th scope="col" class="number">
              Used
            </th>
            <th scope="col" class="number">
              Allowed
            </th>
            <th scope="col">Unit</th>
            <th scope="col">Remedy</th>
          </tr>
        </thead>
        <tbody>
          {excesses.map(({ limit, used, allowed, unit, kind, remedy }) => (
            <tr key={limit}>
              <th scope="row">
                {limit} <span class={kind === 'limit' ? 'bad-ink kind' : 'kind'}>{KINDS[kind]}</span>
              </th>
              <td class="number">{count(Math.ceil(used))}</td>
              <td class="number">{count(Math.floor(allowed))}</td>
              <td>{unit}</td>
              <td>{remedy}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
