import { firstLimitOf } from '@tandem/bill/bill';
import { useSignal } from '@preact/signals';
import { inputs, made } from './data.ts';
import { dollars } from '@tandem/bill/line';
import { Excesses } from './excesses.tsx';
import { count, shortDollars } from './figures.ts';
import { Items } from './items.tsx';
import { Plot } from './plot.tsx';
import { ScenarioTable } from './scenario-table.tsx';

const { budget } = inputs.facts;
const first = firstLimitOf(made);

/** The months that the system was built for: what each costs, what it is made of, and what does not bear it. */
export function Scenarios() {
  const chosen = useSignal('sustained-peak');
  const bill = made.find(({ name }) => name === chosen.value);
  const choose = (name: string) => void (chosen.value = name);
  const dots = (value: (of: (typeof made)[number]) => number) =>
    made.map((it) => ({ name: it.name, value: value(it), isChosen: it.name === chosen.value }));
  const mark = budget === undefined ? [] : [{ name: `${shortDollars(budget)}: the budget`, value: budget }];
  return (
    <section class="sheet" aria-labelledby="bill-scenarios">
      <h2 id="bill-scenarios">Months that it was built for</h2>
      <div class="columns">
        <Plot title="Dollars a month" dots={dots((it) => it.total)} marks={mark} choose={choose} />
        <Plot
          title="Dollars per million requests"
          dots={dots((it) => it.perMillionRequests)}
          choose={choose}
        />
      </div>
      {first && (
        <p class="quiet">
          The first limit that nobody can raise: {first.limit}, at {count(Math.floor(first.at))} times the
          peak; {first.remedy}.
        </p>
      )}
      <ScenarioTable bills={made} chosen={chosen} />
      {bill && (
        <>
          <h3>
            {bill.name}: {dollars(bill.total)} a month
          </h3>
          <p>{bill.says}</p>
          <Excesses of={bill} traffic={bill.name} />
          <Items lines={bill.lines} caption={`Items of the scenario ${bill.name}`} />
        </>
      )}
    </section>
  );
}
