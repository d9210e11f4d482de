import type { ProductView } from '@tandem/analytics/application/product';
import { unitFigures } from '@tandem/analytics/application/units';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Button, ErrorNotice, Fact, Table } from '../../parts/controls.tsx';
import { integer } from '../../parts/format.ts';
import { addressOfView, datesOf, type View } from './address.ts';
import { DayChart } from './day-chart.tsx';
import { Download } from './download.tsx';
import { productPath, readProduct, useLatest } from './figures.ts';
import { PriceEffect } from './price-effect.tsx';
import { amounts, longDate, titles } from './texts.ts';

/** Price changes that are shown at first. */
const FIRST_CHANGES = 10;

/** Figures of a product. Its heading takes the focus, so that keyboard and screen reader continue here. */
export function Product({ view, productId }: { readonly view: View; readonly productId: string }) {
  const { range } = view;
  const { body, problem, isStale } = useLatest(JSON.stringify(range), (options) =>
    readProduct(productId, datesOf(range, Date.now()), options),
  );
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <>
      <p>
        <a href={addressOfView({ ...view, productId: undefined })}>← All products</a>
      </p>
      <h2 ref={heading} tabIndex={-1}>
        {body?.name ?? productId}
      </h2>
      <ErrorNotice message={problem} />
      {!body && problem === undefined && <p class="quiet">Loading …</p>}
      {body && (
        <div class={isStale ? 'figures stale' : 'figures'} aria-busy={isStale}>
          <Days product={body} />
          <PriceChanges changes={body.priceChanges} />
        </div>
      )}
    </>
  );
}

function Days({ product: { productId, from, to, total, days } }: { readonly product: ProductView }) {
  const shown = ['unitsCheckedOut', 'unitsExpired', 'unitsAdded'] as const;
  return (
    <section class="panel" aria-labelledby="product-days">
      <header class="row">
        <h3 id="product-days">Units by day</h3>
        <Download
          what="days"
          path={() => productPath(productId, { from, to })}
          fileName={() => `${productId}-${from}-${to}.csv`}
        />
      </header>
      <dl class="facts">
        {unitFigures.map((figure) => (
          <Fact key={figure} name={titles[figure]}>
            {integer(total[figure])}
          </Fact>
        ))}
        <Fact name="Revenue">{amounts(total.revenue)}</Fact>
      </dl>
      <DayChart
        title="Units by day"
        dates={days.map(({ date }) => date)}
        series={shown.map((figure) => ({
          name: titles[figure],
          values: days.map((day) => day[figure]),
        }))}
      />
      <details>
        <summary>Show as a table</summary>
        <Table
          label="Units by day, latest first"
          columns={['Date', ...unitFigures.map((figure) => `#${titles[figure]}`), '#Revenue']}
          rows={days
            .toReversed()
            .map((day) => [
              longDate(day.date),
              ...unitFigures.map((figure) => integer(day[figure])),
              amounts(day.revenue),
            ])}
        />
      </details>
    </section>
  );
}

function PriceChanges({ changes }: { readonly changes: ProductView['priceChanges'] }) {
  const [count, setCount] = useState(FIRST_CHANGES);
  return (
    <section aria-labelledby="price-changes">
      <h3 id="price-changes">Price changes</h3>
      {changes.length === 0 && <p class="quiet">The price did not change in these days.</p>}
      <div class="columns">
        {changes
          .toReversed()
          .slice(0, count)
          .map((change) => (
            <PriceEffect key={change.version} change={change} />
          ))}
      </div>
      {changes.length > count && (
        <Button isQuiet onPress={() => setCount(count + FIRST_CHANGES)}>
          Show more price changes
        </Button>
      )}
    </section>
  );
}
