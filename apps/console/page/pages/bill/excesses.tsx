import type { Bill } from '@tandem/bill/bill';
import { count } from './figures.ts';

const KINDS = {
  setting: 'a setting of ours',
  quota: 'a quota that AWS raises',
  limit: 'a limit that nobody raises',
} as const;

/** What does not bear a bill's traffic, what is passed the furthest first. */
export function Excesses({ of: { excesses }, traffic }: { readonly of: Bill; readonly traffic: string }) {
  const caption = `What does not bear ${traffic}, the first to break first`;
  if (excesses.length === 0)
    return <p class="notice good">Everything bears this traffic: nothing has to be raised.</p>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table class="excesses">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">What breaks</th>
            <th scope="col" class="number">
              Used
            </th>
            <th scope="col" class="number">
              Allowed
            </th>
            <th scope="col">Of what</th>
            <th scope="col">What helps</th>
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
