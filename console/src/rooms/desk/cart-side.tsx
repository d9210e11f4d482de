import { formatMoney } from '../../money.ts';
import { Trouble } from '../../parts/act.tsx';
import { chosen, doings } from './goods.ts';
import { Fact } from './product-side.tsx';
import { line, witness } from './witness.ts';

/** A cart with the product, as Cart knows it from events alone. */
export function CartSide() {
  return (
    <section class="sheet cart-side" aria-labelledby="witness-title">
      <h2 id="witness-title" class="cart-ink">
        A cart with it
      </h2>
      <p class="quiet">
        A guest's, opened for this desk. Cart never asks Product: what it knows came as events.
      </p>
      <Trouble of={doings.problemOf('look')} />
      <div role="status">
        <WitnessLine />
      </div>
    </section>
  );
}

const availabilities = {
  available: 'The line can be bought',
  insufficient: 'There is not enough of it',
  unavailable: 'It is no longer sold',
} as const;

function WitnessLine() {
  const seen = line.value;
  const currency = witness.value?.currency ?? null;
  if (!seen) return chosen.value ? <p>Cart does not have it yet.</p> : null;
  const { name, qty, priceAtAdd, currentPrice, priceChanged, availability, availableQty } = seen;
  return (
    <>
      <h3>
        {qty} × {name}
      </h3>
      <p class="current-price" key={currentPrice}>
        {formatMoney(currentPrice, currency)}
        {priceChanged && <s>{formatMoney(priceAtAdd, currency)}</s>}
      </p>
      <dl class="facts">
        <Fact name="Can be had">{availableQty}</Fact>
        <Fact name="So">{availabilities[availability]}</Fact>
      </dl>
    </>
  );
}
