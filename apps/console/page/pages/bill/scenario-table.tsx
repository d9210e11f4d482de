import type { Bill } from '@tandem/bill/bill';
import { ceilings } from '@tandem/bill/ceilings';
import { dollars } from '@tandem/bill/line';
import type { Signal } from '@preact/signals';
import { count, shortDollars } from './figures.ts';

interface ScenarioTableProps {
  readonly bills: readonly Bill[];
  readonly chosen: Signal<string>;
}

/** All scenarios in figures; the one whose items are shown is chosen here. */
export function ScenarioTable({ bills, chosen }: ScenarioTableProps) {
  const caption = 'All scenarios: choose the one to see in detail. “At most” is a ceiling that a test holds.';
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table class="scenarios">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Scenario</th>
            {['A month', 'At most', 'Per million', 'Requests', 'To be raised'].map((title) => (
              <th key={title} scope="col" class="number">
                {title}
              </th>
            ))}
            <th scope="col">What it is</th>
          </tr>
        </thead>
        <tbody>
          {bills.map(({ name, says, requests, total, perMillionRequests, excesses }) => (
            <tr key={name} class={name === chosen.value ? 'chosen' : undefined}>
              <th scope="row">
                <label class="choice">
                  <input
                    type="radio"
                    name="scenario"
                    checked={name === chosen.value}
                    onChange={() => void (chosen.value = name)}
                  />
                  {name}
                </label>
              </th>
              <td class="number">{dollars(total)}</td>
              <td class="number">{ceilingOf(name)}</td>
              <td class="number">{dollars(perMillionRequests)}</td>
              <td class="number">{count(requests)}</td>
              <td class="number">{excesses.length === 0 ? 'nothing' : excesses.length}</td>
              <td>{says}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What a test holds it below, if one does. */
function ceilingOf(name: string): string {
  const ceiling = ceilings[name];
  return ceiling === undefined ? '—' : shortDollars(ceiling);
}
