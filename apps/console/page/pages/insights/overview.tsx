import type { Funnel, FunnelView } from '@tandem/analytics/application/funnel';
import { useState } from 'preact/hooks';
import { Button, ErrorNotice, Fact, Table } from '../../parts/controls.tsx';
import { integer } from '../../parts/format.ts';
import { datesOf, type View } from './address.ts';
import { DayChart } from './day-chart.tsx';
import { Download } from './download.tsx';
import { funnelPath, productsPath, readFunnel, readProducts, useLatest } from './figures.ts';
import { FunnelPicture } from './funnel.tsx';
import { Products } from './products.tsx';
import { amounts, average, longDate, percent } from './texts.ts';

const PAGE_SIZE = 20;

/** Figures of all carts and products of a range. */
export function Overview({ view }: { readonly view: View }) {
  const { range, sort } = view;
  const dates = () => datesOf(range, Date.now());
  const [count, setCount] = useState(PAGE_SIZE);
  const carts = useLatest(JSON.stringify(range), (options) => readFunnel(dates(), options));
  const list = useLatest(JSON.stringify([range, sort, count]), (options) =>
    readProducts({ range: dates(), sort, count }, options),
  );
  const [problem, funnel] = [carts.problem ?? list.problem, carts.body];
  if (!funnel)
    return problem === undefined ? <p class="quiet">Loading …</p> : <ErrorNotice message={problem} />;
  const { from, to } = funnel;
  if (isEmpty(funnel.total) && list.body?.products.length === 0) return <Empty />;
  const isStale = carts.isStale || (list.body !== undefined && list.isStale);
  const hasMore = list.body?.hasMore === true;
  return (
    <div class={isStale ? 'figures stale' : 'figures'} aria-busy={isStale}>
      <ErrorNotice message={problem} />
      <Totals total={funnel.total} />
      <div class="columns">
        <FunnelPicture total={funnel.total} />
        <Days funnel={funnel} />
      </div>
      <section class="panel" aria-labelledby="products-title">
        <header class="row">
          <h2 id="products-title">Top products</h2>
          <Download
            what={hasMore ? 'first 100 products' : 'products'}
            path={() => productsPath({ range: { from, to }, sort, count: 100 })}
            fileName={() => `products-${from}-${to}.csv`}
          />
        </header>
        {list.body ? <Products view={view} products={list.body.products} /> : <p class="quiet">Loading …</p>}
        {hasMore && (
          <Button isQuiet isDisabled={list.isStale} onPress={() => setCount(count + PAGE_SIZE)}>
            Show more products
          </Button>
        )}
      </section>
    </div>
  );
}

function isEmpty({ cartsOpened, cartsAbandoned, cartsCheckedOut }: Funnel): boolean {
  return cartsOpened + cartsAbandoned + cartsCheckedOut === 0;
}

function Empty() {
  return (
    <p class="notice">
      There are no figures in these days. Put a product into a cart in the <a href="#/shop">shop</a>, or
      choose other days.
    </p>
  );
}

function Totals({ total }: { readonly total: Funnel }) {
  return (
    <dl class="facts panel">
      <Fact name="Carts opened">{integer(total.cartsOpened)}</Fact>
      <Fact name="Checked out">{integer(total.cartsCheckedOut)}</Fact>
      <Fact name="Abandoned">{integer(total.cartsAbandoned)}</Fact>
      <Fact name="Conversion rate">{percent(total.conversionRate)}</Fact>
      <Fact name="Units per order">{average(total.unitsPerCart)}</Fact>
      <Fact name="Value per order">{amounts(total.valuePerCart)}</Fact>
      <Fact name="Revenue">{amounts(total.revenue)}</Fact>
    </dl>
  );
}

function Days({ funnel: { from, to, days } }: { readonly funnel: FunnelView }) {
  return (
    <section class="panel" aria-labelledby="days-title">
      <header class="row">
        <h2 id="days-title">Carts by day</h2>
        <Download
          what="days"
          path={() => funnelPath({ from, to })}
          fileName={() => `carts-${from}-${to}.csv`}
        />
      </header>
      <DayChart
        title="Carts by day"
        dates={days.map(({ date }) => date)}
        series={[
          { name: 'Checked out', values: days.map(({ cartsCheckedOut }) => cartsCheckedOut) },
          { name: 'Abandoned', values: days.map(({ cartsAbandoned }) => cartsAbandoned) },
          { name: 'Opened', values: days.map(({ cartsOpened }) => cartsOpened) },
        ]}
      />
      <DayTable days={days} />
    </section>
  );
}

function DayTable({ days }: Pick<FunnelView, 'days'>) {
  return (
    <details>
      <summary>Show as a table</summary>
      <Table
        label="Carts by day, latest first"
        columns={['Date', '#Opened', '#Checked out', '#Abandoned', '#Conversion rate', '#Units', '#Revenue']}
        rows={days
          .toReversed()
          .map((day) => [
            longDate(day.date),
            integer(day.cartsOpened),
            integer(day.cartsCheckedOut),
            integer(day.cartsAbandoned),
            percent(day.conversionRate),
            integer(day.unitsCheckedOut),
            amounts(day.revenue),
          ])}
      />
    </details>
  );
}
