import { firstLimitOf } from '@tandem/bill/bill';
import { useSignal } from '@preact/signals';
import { inputs, scenarioBills } from './data.ts';
import { dollars } from '@tandem/bill/line';
import { Excesses } from './excesses.tsx';
import { count, shortDollars } from './figures.ts';
import { Items } from './items.tsx';
import { Plot } from './plot.tsx';
import { ScenarioTable } from './scenario-table.tsx';

const { budget } = inputs.facts;
const first = firstLimitOf(scenarioBills);

/** Design scenarios: cost, line items and exceeded limits of each. */
export function Scenarios() {
  const chosen = useSignal('sustained-peak');
  const bill = scenarioBills.find(({ name }) => name === chosen.value);
  const choose = (name: string) => void (chosen.value = name);
  const dots = (value: (bill: (typeof scenarioBills)[number]) => number) =>
    scenarioBills.map((scenario) => ({
      name: scenario.name,
      value: value(scenario),
      isChosen: scenario.name === chosen.value,
    }));
  const mark = budget === undefined ? [] : [{ name: `${shortDollars(budget)}: the budget`, value: budget }];
  return (
    <section class="sheet" aria-labelledby="bill-scenarios">
      <h2 id="bill-scenarios">Design scenarios</h2>
      <div class="columns">
        <Plot title="Dollars per month" dots={dots(({ total }) => total)} marks={mark} choose={choose} />
        <Plot
          title="Dollars per million requests"
          dots={dots(({ perMillionRequests }) => perMillionRequests)}
          choose={choose}
        />
      </div>
      {first && (
        <p class="quiet">
          First hard limit: {first.limit}, at {count(Math.floor(first.at))} times the peak; {first.remedy}.
        </p>
      )}
      <ScenarioTable bills={scenarioBills} chosen={chosen} />
      {bill && (
        <>
          <h3>
            {bill.name}: {dollars(bill.total)} per month
          </h3>
          <p>{bill.description}</p>
          <Excesses bill={bill} traffic={bill.name} />
          <Items lines={bill.lines} caption={`Line items of the scenario ${bill.name}`} />
        </>
      )}
    </section>
  );
}
