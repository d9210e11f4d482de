import { currentPriceOf, type Line } from '../../commerce.ts';
import { formatMoney } from '../../money.ts';
import { Trouble } from '../../parts/act.tsx';
import { Fact } from './fact.tsx';
import { chosen, doings } from './goods.ts';
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

const holds = { held: 'held', pending: 'requested', none: 'none' } as const;

function statusOf({ availability, priceChanged }: Line): string {
  if (availability === 'unavailable') return 'It is no longer sold';
  if (availability === 'insufficient') return 'Not enough is available';
  return priceChanged ? 'The shopper has to accept the new price' : 'It can be checked out';
}

function WitnessLine() {
  const seen = line.value;
  const currency = witness.value?.currency ?? null;
  if (!seen) {
    const isExplained = doings.problemOf('look') !== undefined;
    return chosen.value && !isExplained ? <p>Cart does not have it yet.</p> : null;
  }
  const { name, qty, priceAtAdd, priceChanged, availableQty, hold } = seen;
  const current = currentPriceOf(seen, currency);
  const price = formatMoney(current.price, current.currency);
  return (
    <>
      <h3>
        {qty} × {name}
      </h3>
      <p class="current-price" key={price}>
        {price}
        {priceChanged && <s>{formatMoney(priceAtAdd, currency)}</s>}
      </p>
      <dl class="facts">
        <Fact name="Available to it">{availableQty}</Fact>
        <Fact name="Hold">{holds[hold]}</Fact>
        <Fact name="Status">{statusOf(seen)}</Fact>
      </dl>
    </>
  );
}
