import { type Bill, firstLimitOf } from '@tandem/bill/bill';
import { made } from './data.ts';
import { count } from './figures.ts';

const KINDS = {
  setting: 'a setting of ours',
  quota: 'a quota that AWS raises',
  limit: 'a limit that nobody raises',
} as const;
const first = firstLimitOf(made);

/** What does not bear a bill's traffic, what is passed the furthest first. */
export function Excesses({ bill: { name, excesses } }: { readonly bill: Bill }) {
  const caption = `What does not bear ${name}, the first to break first`;
  return (
    <>
      {excesses.length === 0 ? (
        <p class="notice good">Everything bears this traffic: nothing has to be raised.</p>
      ) : (
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
      )}
      {first && (
        <p class="quiet">
          The first limit that nobody can raise: {first.limit}, at {count(Math.floor(first.at))} times the
          peak; {first.remedy}.
        </p>
      )}
    </>
  );
}
