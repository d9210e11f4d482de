import { useEffect, useState } from 'preact/hooks';
import { currentPriceOf, type Product } from '../../../commerce.ts';
import { steps } from '../../../live.ts';
import { linkTo } from '../../../parts/address.ts';
import { Button, ErrorNotice, Fact } from '../../../parts/controls.tsx';
import { counted, duration, formatMoney, integer } from '../../../parts/format.ts';
import { accentOf } from '../../../parts/topology.ts';
import { Waterfall } from '../../../parts/waterfall.tsx';
import { useRead } from '../../../query.ts';
import { isOperator } from '../../../session.ts';
import { useCatalog } from '../catalog/catalog.ts';
import { Heading } from '../heading.tsx';
import { keyOf, readProduct } from '../product/product.ts';
import { type Change, changes } from './changes.ts';
import { linesOf, type Measurement, medianOf } from './measurement.ts';
import {
  awaitedEffect,
  latencies,
  line,
  measurement,
  observedCart,
  watchObservedCart,
} from './observed-cart.ts';
import { actions, observe, observed } from './observed-product.ts';
import { readinessOf } from './readiness.ts';

/** Changes of a product on the left, and their propagation to a cart on the right; by default of the first product. */
export function LatencyPage({ productId }: { readonly productId: string | undefined }) {
  const first = useCatalog().data?.products[0]?.productId;
  const id = productId ?? first ?? '';
  const { data, error } = useRead(keyOf(id), (options) => readProduct(id, options), { enabled: id !== '' });
  useEffect(watchObservedCart, []);
  useEffect(() => data && observe(data), [data]);
  return (
    <>
      <Heading>Latency from click to cart</Heading>
      <p class="lead">
        Change a product on the left, and watch the event update a customer's cart on the right. Cart never
        calls Product.
      </p>
      <ErrorNotice message={error?.message} />
      <div class="columns">
        {data && <ProductPanel key={id} product={data.product} />}
        <div class="stack">
          <CartPanel />
          <Timeline />
        </div>
      </div>
    </>
  );
}

function ProductPanel({ product }: { readonly product: Product }) {
  const { productId, name, price, currency, onHand, held, inventory } = product;
  const own = line.value?.hold === 'held' ? line.value.qty : 0;
  return (
    <section class={`panel accent-edge ${accentOf('product')}`} aria-labelledby="observed-product-title">
      <h2 id="observed-product-title">
        <a href={linkTo('admin', `product/${productId}`)}>{name}</a>
      </h2>
      <dl class="facts">
        <Fact name="Price">{formatMoney(price, currency)}</Fact>
        <Fact name="On hand">{integer(onHand)}</Fact>
        <Fact name="Held">{integer(held)}</Fact>
        <Fact name="Available">{integer(inventory)}</Fact>
      </dl>
      {own > 0 && (
        <p class="small">The observed cart holds {counted(own, 'unit')} of these while you are here.</p>
      )}
      {changes.map((change) => (
        <ChangeForm key={change.name} change={change} product={product} />
      ))}
      <p class="small">
        To measure another one, choose it under <a href={linkTo('admin')}>Products</a>.
      </p>
    </section>
  );
}

function ChangeForm({ change, product }: { readonly change: Change; readonly product: Product }) {
  const { name, action, label, initial, send } = change;
  // With the product, so that the error of another one is never shown here.
  const key = `${product.productId} ${name}`;
  const [draft, setDraft] = useState<string>();
  const text = draft ?? initial(product);
  const save = async () => (await actions.run(key, () => send(text))) && setDraft(undefined);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <fieldset class="fields" disabled={!isOperator.value}>
        <label>
          {label(product)}
          <input
            inputMode="decimal"
            autocomplete="off"
            value={text}
            onInput={({ currentTarget }) => {
              actions.clearErrors((other) => other === key);
              setDraft(currentTarget.value);
            }}
          />
        </label>
        <Button isDisabled={!isOperator.value || actions.isPending(key)}>{action}</Button>
      </fieldset>
      <ErrorNotice message={actions.errorOf(key)} />
    </form>
  );
}

function CartPanel() {
  return (
    <section class={`panel accent-edge ${accentOf('cart')}`} aria-labelledby="observed-cart-title">
      <h2 id="observed-cart-title">Observed cart</h2>
      <p class="small">A guest's cart of this page with one unit of the product.</p>
      <ErrorNotice message={actions.errorOf('poll')} />
      <div role="status">
        <ObservedLine />
      </div>
    </section>
  );
}

const holds = { held: 'held', pending: 'requested', none: 'none' } as const;

function ObservedLine() {
  const shown = line.value;
  const currency = observedCart.value?.currency ?? null;
  if (!shown) {
    const isExplained = actions.errorOf('poll') !== undefined;
    return observed.value && !isExplained ? <p>Cart has not received the product yet.</p> : null;
  }
  const { name, qty, priceAtAdd, priceChanged, hold } = shown;
  const current = currentPriceOf(shown, currency);
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
        <Fact name="Hold">{holds[hold]}</Fact>
        <Fact name="Checkout">{readinessOf(shown).text}</Fact>
      </dl>
    </>
  );
}

/** Panel with the latency of the latest change, and the median of the latest ones. */
function Timeline() {
  const last = measurement.value;
  const median = medianOf(latencies.value);
  return (
    <section class="panel" aria-labelledby="latency-title">
      <h2 id="latency-title">Latency from click to cart</h2>
      <p role="status">{last ? statusOf(last) : 'No changes measured yet.'}</p>
      {last && <Waterfall label="Steps from click to cart" lines={linesOf(last, steps.value)} />}
      {median !== undefined && latencies.value.length > 1 && (
        <p class="small">
          Last {latencies.value.length} changes: median {duration(median)}.
        </p>
      )}
    </section>
  );
}

function statusOf({ description, responseMs, visibleMs }: Measurement): string {
  if (responseMs === undefined) return 'Sending …';
  const response = `${description}: response ${duration(responseMs)}`;
  if (visibleMs !== undefined) return `${response} · visible in the cart ${duration(visibleMs)}`;
  return `${response} · ${awaitedEffect.value ? 'event on its way …' : 'not visible in the cart yet'}`;
}
