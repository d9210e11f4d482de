import { billOf } from '@tandem/bill/bill';
import { scenarios } from '@tandem/bill/traffic';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { about, state } from '../../live.ts';
import { inputs, made } from './data.ts';
import { Excesses } from './excesses.tsx';
import { count, time } from './figures.ts';
import { Items } from './items.tsx';
import { MonthForm } from './month-form.tsx';
import { type Likeness, type Month, scenarioOf, type Seen } from './seen.ts';
import { Totals } from './totals.tsx';

const [minimal] = made;
const like = scenarios.find(({ name }) => name === 'average');
const isRead: Likeness['isRead'] = (name) =>
  Object.keys(inputs.measured.operations[name as keyof typeof inputs.measured.operations].write).length === 0;

/** The traffic that the gateway saw since its start, as a month's bill. */
export function SeenTraffic() {
  const month = useSignal<Month>({ times: 1, isAllDay: true });
  const seen = useSeen();
  const { times, isAllDay } = month.value;
  const bill = useMemo(() => {
    const scenario = seen && like && scenarioOf(seen, { times, isAllDay }, { like, isRead });
    return scenario && billOf(scenario, inputs);
  }, [seen, times, isAllDay]);
  return (
    <section class="sheet" aria-labelledby="bill-seen">
      <h2 id="bill-seen">The traffic that this page just saw</h2>
      {seen && bill ? (
        <>
          <Counts seen={seen} />
          <MonthForm month={month} />
          <Totals bill={bill} />
          <Excesses of={bill} traffic="the traffic that was seen" />
          <Items lines={bill.lines} caption="Items of a month of the traffic that was seen" />
        </>
      ) : (
        <>
          <p class="notice">
            {whyNone()} In its place stands the bill of the scenario {minimal?.name}: {minimal?.says}.
          </p>
          {minimal && (
            <>
              <Totals bill={minimal} />
              <Items lines={minimal.lines} caption="Items of the least traffic" />
            </>
          )}
        </>
      )}
    </section>
  );
}

function whyNone(): string {
  if (about.value === null) return 'No running system serves this page, so there is no traffic to see.';
  if (!state.value) return 'The system has not told yet what it saw.';
  return 'Nobody has asked anything yet: buy something in the shop, and come back.';
}

/** What was seen, the same until more is: a rate that fell each second would let nobody read its formulas. */
function useSeen(): Seen | undefined {
  const { seen, at } = state.value ?? {};
  const { product, cart, sinceMs } = seen ?? {};
  const { reads: productReads = 0, writes: productWrites = 0 } = product ?? {};
  const { reads: cartReads = 0, writes: cartWrites = 0 } = cart ?? {};
  return useMemo(
    () => (seen && at !== undefined ? { ...seen, untilMs: at } : undefined),
    [productReads, productWrites, cartReads, cartWrites, sinceMs],
  );
}

function Counts({ seen }: { readonly seen: Seen }) {
  const { product, cart, sinceMs, untilMs } = seen;
  return (
    <>
      <p>
        From {time(sinceMs)} to {time(untilMs)}: <b class="product-ink">Product</b> was read{' '}
        <Count of={product.reads} /> and written <Count of={product.writes} />, <b class="cart-ink">Cart</b>{' '}
        read <Count of={cart.reads} /> and written <Count of={cart.writes} />.
      </p>
      <p class="quiet">
        The rate of these requests becomes that of the month; as only reads and writes are counted, which
        reads and which writes they are is taken from the mix that the scenarios have.
      </p>
    </>
  );
}

function Count({ of }: { readonly of: number }) {
  return (
    <>
      <span class="number">{count(of)}</span> {of === 1 ? 'time' : 'times'}
    </>
  );
}
