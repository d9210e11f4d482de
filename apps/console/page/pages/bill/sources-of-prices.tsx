import type { Price } from '@tandem/bill/price-list';
import { inputs } from './data.ts';
import { linked } from './sources.ts';

const { measured, prices } = inputs;
const dates = [...Object.values(prices.prices), ...Object.values(prices.free)].map(({ date }) => date).sort();

/** Date of the measurements, and the source of each price. */
export function Sources() {
  return (
    <section class="sheet" aria-labelledby="bill-sources">
      <h2 id="bill-sources">Sources</h2>
      <p>
        The consumption of requests and events was measured on{' '}
        <time dateTime={measured.date}>{measured.date}</time>. The prices are those of {prices.region} in{' '}
        {prices.currency}, looked up between <time dateTime={dates[0]}>{dates[0]}</time> and{' '}
        <time dateTime={dates.at(-1)}>{dates.at(-1)}</time>; volume discounts, support and tax are not
        included.
      </p>
      <details>
        <summary>All prices with sources</summary>
        <PriceTable prices={prices.prices} caption="Prices" />
        <PriceTable prices={prices.free} caption="Monthly free tier" isFree />
      </details>
    </section>
  );
}

interface PriceTableProps {
  readonly prices: Readonly<Record<string, Price>>;
  readonly caption: string;
  readonly isFree?: boolean;
}

function PriceTable({ prices, caption, isFree = false }: PriceTableProps) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table class="prices">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Price</th>
            <th scope="col" class="number">
              {isFree ? 'Free' : '$'}
            </th>
            <th scope="col">{isFree ? 'Of' : 'For'}</th>
            <th scope="col">Source</th>
            <th scope="col">Date</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(prices).map(([name, { value, per = 1, unit, source, date }]) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td class="number">{value.toLocaleString('en-US', { maximumFractionDigits: 12 })}</td>
              <td>
                {per > 1 && `${per.toLocaleString('en-US')} × `}
                {unit}
              </td>
              <td>{linked(source).map(({ text, href }) => (href ? <a href={href}>{text}</a> : text))}</td>
              <td class="number">{date}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
