import type { Bill } from '@tandem/bill/bill';
import { dollars } from '@tandem/bill/line';
import { linkTo } from '../../parts/address.ts';
import { groupTitles, logarithmic, sharesOf } from './view.ts';

/** What a bill consists of: a bar of its groups, and their amounts. */
export function Composition({ bill }: { readonly bill: Bill }) {
  const shares = sharesOf(bill);
  return (
    <figure class="composition">
      <div class="bar" aria-hidden="true">
        {shares.map(({ group, share }) => (
          <span key={group} class={`group ${group}`} style={{ flexGrow: share }} title={groupTitles[group]} />
        ))}
      </div>
      <figcaption class="hidden">What the bill consists of</figcaption>
      <ul class="list">
        {shares.map(({ group, monthly, share }) => (
          <li key={group}>
            <span class={`group ${group}`} aria-hidden="true" />
            <span>{groupTitles[group]}</span>
            <span class="number">{dollars(monthly)}</span>
            <span class="small">{Math.round(100 * share)} %</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}

/** The bills of all scenarios, as bars on a logarithmic scale that open a scenario. */
export function ScenarioBars({
  bills,
  current,
}: {
  readonly bills: readonly Bill[];
  readonly current: string;
}) {
  const totals = bills.map(({ total }) => total);
  const [least, most] = [Math.min(...totals) / 4, Math.max(...totals)];
  return (
    <ul class="list scenarios">
      {bills.map(({ name, description, total, excesses }) => (
        <li key={name}>
          <a
            href={linkTo('bill', '', { traffic: name })}
            aria-current={name === current ? 'true' : undefined}
          >
            <span class="title">
              <b>{name}</b> <span class="small">{description}</span>
            </span>{' '}
            <span class="track" aria-hidden="true">
              <span style={{ width: `${100 * logarithmic(total, least, most)}%` }} />
            </span>{' '}
            <span class="number">{dollars(total)}</span>{' '}
            <span class={excesses.length > 0 ? 'limits bad-ink' : 'limits quiet'}>
              {excesses.length === 0 ? 'within all limits' : `${excesses.length} limits exceeded`}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
