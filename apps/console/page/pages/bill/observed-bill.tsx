import { billOf } from '@tandem/bill/bill';
import { scenarios } from '@tandem/bill/traffic';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { about, state } from '../../live.ts';
import { inputs, scenarioBills } from './data.ts';
import { Excesses } from './excesses.tsx';
import { count, time } from './figures.ts';
import { Items } from './items.tsx';
import { MonthForm } from './month-form.tsx';
import { type ReferenceMix, type Month, scenarioOf, type ObservedTraffic } from './observed-traffic.ts';
import { Totals } from './totals.tsx';

const [minimal] = scenarioBills;
const reference = scenarios.find(({ name }) => name === 'average');
const isRead: ReferenceMix['isRead'] = (name) =>
  Object.keys(inputs.measured.operations[name as keyof typeof inputs.measured.operations].write).length === 0;

/** Bill of a month of the traffic that the gateway has observed since its start. */
export function ObservedBill() {
  const month = useSignal<Month>({ times: 1, isAllDay: true });
  const observed = useObservedTraffic();
  const { times, isAllDay } = month.value;
  const bill = useMemo(() => {
    const scenario =
      observed && reference && scenarioOf(observed, { times, isAllDay }, { reference, isRead });
    return scenario && billOf(scenario, inputs);
  }, [observed, times, isAllDay]);
  return (
    <section class="sheet" aria-labelledby="bill-observed">
      <h2 id="bill-observed">Observed traffic</h2>
      {observed && bill ? (
        <>
          <Counts observed={observed} />
          <MonthForm month={month} />
          <Totals bill={bill} />
          <Excesses bill={bill} traffic="the observed traffic" />
          <Items lines={bill.lines} caption="Line items of a month of the observed traffic" />
        </>
      ) : (
        <>
          <p class="notice">
            {emptyReason()} This is the bill of the scenario {minimal?.name} instead: {minimal?.description}.
          </p>
          {minimal && (
            <>
              <Totals bill={minimal} />
              <Items lines={minimal.lines} caption="Line items of the scenario with the least traffic" />
            </>
          )}
        </>
      )}
    </section>
  );
}

function emptyReason(): string {
  if (about.value === null) return 'This page is not connected to a running system.';
  if (!state.value) return 'The traffic counts are not loaded yet.';
  return 'There were no requests yet: buy something in the shop, then come back.';
}

/** Observed traffic; changes only when a request is counted, so that the figures do not change every second. */
function useObservedTraffic(): ObservedTraffic | undefined {
  const { seen: observed, at } = state.value ?? {};
  const { product, cart, sinceMs } = observed ?? {};
  const { reads: productReads = 0, writes: productWrites = 0 } = product ?? {};
  const { reads: cartReads = 0, writes: cartWrites = 0 } = cart ?? {};
  return useMemo(
    () => (observed && at !== undefined ? { ...observed, untilMs: at } : undefined),
    [productReads, productWrites, cartReads, cartWrites, sinceMs],
  );
}

function Counts({ observed }: { readonly observed: ObservedTraffic }) {
  const { product, cart, sinceMs, untilMs } = observed;
  return (
    <>
      <p>
        From {time(sinceMs)} to {time(untilMs)}: <b class="product-ink">Product</b> received{' '}
        <Count value={product.reads} noun="read" /> and <Count value={product.writes} noun="write" />,{' '}
        <b class="cart-ink">Cart</b> <Count value={cart.reads} noun="read" /> and{' '}
        <Count value={cart.writes} noun="write" />.
      </p>
      <p class="quiet">
        The month is extrapolated from the rate of these requests. Only reads and writes are counted; their
        split into operations is that of the scenarios.
      </p>
    </>
  );
}

function Count({ value, noun }: { readonly value: number; readonly noun: string }) {
  return (
    <>
      <span class="number">{count(value)}</span> {value === 1 ? noun : `${noun}s`}
    </>
  );
}
