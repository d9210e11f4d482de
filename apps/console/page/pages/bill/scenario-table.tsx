import type { Bill } from '@tandem/bill/bill';
import { costLimits } from '@tandem/bill/cost-limits';
import { dollars } from '@tandem/bill/line';
import type { Signal } from '@preact/signals';
import { count, shortDollars } from './figures.ts';

interface ScenarioTableProps {
  readonly bills: readonly Bill[];
  readonly chosen: Signal<string>;
}

/** Table of all scenarios; selects the one that is shown in detail. */
export function ScenarioTable({ bills, chosen }: ScenarioTableProps) {
  const caption = 'All scenarios: select one to see its details. “Cost limit” is enforced by a test.';
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table class="scenarios">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Scenario</th>
            {['Per month', 'Cost limit', 'Per million requests', 'Requests', 'Exceeded limits'].map(
              (title) => (
                <th key={title} scope="col" class="number">
                  {title}
                </th>
              ),
            )}
            <th scope="col">Description</th>
          </tr>
        </thead>
        <tbody>
          {bills.map(({ name, description, requests, total, perMillionRequests, excesses }) => (
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
              <td class="number">{excesses.length}</td>
              <td>{description}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Cost limit of a scenario, which a test enforces; — without one. */
function ceilingOf(name: string): string {
  const ceiling = costLimits[name];
  return ceiling === undefined ? '—' : shortDollars(ceiling);
}
