import { useComputed } from '@preact/signals';
import { about } from '../../live.ts';
import { Requirements } from '../../parts/controls.tsx';
import { runningServices } from '../../parts/running.ts';
import { hash } from '../../parts/address.ts';
import { isOperator } from '../../session.ts';
import { viewOf } from './address.ts';
import './charts.css';
import './insights.css';
import { Overview } from './overview.tsx';
import { Product } from './product.tsx';
import { RangePicker } from './range-picker.tsx';

/** Insights page: carts, orders and products by day, and the effect of price changes. */
export default function Insights() {
  const view = useComputed(() => viewOf(hash.value)).value;
  const isRunning = runningServices.value.includes('analytics');
  return (
    <>
      <h1>Insights</h1>
      <p class="lead">
        How many carts become orders, which products sell, and what a new price changes. Analytics counts the
        events of Product and Cart, each for its day (UTC).
      </p>
      {isRunning ? (
        <Requirements what="Reading the figures" />
      ) : (
        <p class="notice">
          Analytics does not run in this system. Start it with <code>npm start</code>, without{' '}
          <code>SERVICES</code>.
        </p>
      )}
      {isRunning && about.value && isOperator.value && (
        <>
          <RangePicker view={view} />
          {view.productId === undefined ? (
            <Overview view={view} />
          ) : (
            <Product key={view.productId} view={view} productId={view.productId} />
          )}
        </>
      )}
    </>
  );
}
