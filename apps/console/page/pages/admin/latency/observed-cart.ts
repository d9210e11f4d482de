import { computed, signal } from '@preact/signals';
import { topology } from '@tandem/contracts/topology';
import { coalesce } from '../../../actions.ts';
import { request, Problem } from '../../../api.ts';
import { addToCart, type Cart, cartPath, type Line, openCart } from '../../../commerce.ts';
import { isLive, onStep } from '../../../live.ts';
import { onRecovery } from '../../../recovery.ts';
import type { TaggedProduct } from '../product/product.ts';
import { type Measurement, traceIdOf } from './measurement.ts';
import { actions, observe, observedId } from './observed-product.ts';

const MAX_LATENCIES = 10;
/** Interval of polls while the event stream is closed. */
const POLL_MS = 500;

/** Guest cart of this page with one unit of the observed product; shows when Cart has applied a change. */
export const observedCart = signal<Cart | undefined>(undefined);
/** Line of the observed product. */
export const line = computed(() =>
  observedCart.value?.items.find(({ productId }) => productId === observedId.value),
);
/** Latest change that was measured. */
export const measurement = signal<Measurement | undefined>(undefined);
/** Latencies of the latest changes in the cart, newest last. */
export const latencies = signal<readonly number[]>([]);
/** Whether a line shows the measured change; undefined if that is not awaited. */
export const awaitedEffect = signal<((line: Line) => boolean) | undefined>(undefined);

/** Sends a change, and measures the latency of the response and of its effect in the cart. */
export async function measure(
  description: string,
  isVisible: (line: Line) => boolean,
  send: () => Promise<TaggedProduct>,
): Promise<void> {
  const previous = measurement.value;
  const clickedAt = Date.now();
  const change = { productId: '', clickedAt };
  measurement.value = { description, change };
  awaitedEffect.value = isVisible;
  try {
    const sent = await send();
    const responseMs = Date.now() - clickedAt;
    const { productId } = sent.product;
    observe(sent);
    if (measurement.value.change === change)
      measurement.value = {
        ...measurement.value,
        responseMs,
        change: { productId, clickedAt, traceId: traceIdOf(sent.traceparent) },
      };
  } catch (error) {
    measurement.value = previous;
    awaitedEffect.value = undefined;
    throw error;
  }
  schedulePoll();
}

/** Fetches the cart; adds the product first if it is not in the cart. */
async function pollCart(): Promise<void> {
  await actions.run('poll', async () => {
    const id = observedId.value;
    if (id === undefined) return;
    const fetched = await (line.value ? fetchObservedCart() : addProduct(id)).catch(retryOrThrow);
    if (fetched && observedId.value === id) observedCart.value = fetched;
  });
  if (!line.value || !measurement.value || !awaitedEffect.value?.(line.value)) return;
  const visibleMs = Date.now() - measurement.value.change.clickedAt;
  measurement.value = { ...measurement.value, visibleMs };
  latencies.value = [...latencies.value.slice(1 - MAX_LATENCIES), visibleMs];
  awaitedEffect.value = undefined;
}
const schedulePoll = coalesce(pollCart, 0);

async function fetchObservedCart(): Promise<Cart | undefined> {
  const id = observedCart.value?.cartId;
  if (id === undefined) return undefined;
  const { body } = await request<Cart>(cartPath(id), { isOwnRead: true });
  return body;
}

/** Adds the product, unless the reader has left it while the cart was opened: nothing would release its unit. */
async function addProduct(productId: string): Promise<Cart | undefined> {
  const cart = observedCart.value ?? (await openCart());
  if (observedId.value !== productId) return undefined;
  observedCart.value = cart;
  return addToCart(cart.cartId, productId);
}

/** Tolerates an expired cart and a product that Cart has not received yet: the next poll retries. */
function retryOrThrow(error: unknown): undefined {
  if (!(error instanceof Problem)) throw error;
  if (error.code === 'cart-not-found') {
    observedCart.value = undefined;
    schedulePoll();
  } else if (error.code === 'insufficient-stock')
    throw new Error('No unit is available for the observed cart. Record a delivery, and it takes one.', {
      cause: error,
    });
  else if (error.code !== 'product-not-found') throw error;
}

/** Stops to await the effect of a change that was sent. */
function stopMeasuring(): void {
  if (measurement.value?.responseMs !== undefined) awaitedEffect.value = undefined;
}

/** Deletes the cart, which releases its stock. */
function release(): void {
  const id = observedCart.value?.cartId;
  observedCart.value = undefined;
  if (id !== undefined)
    void fetch(cartPath(id), { method: 'DELETE', keepalive: true }).catch(() => undefined);
}

/** Keeps the cart up to date; returns the function that stops it and releases the unit of the cart. */
export function watchObservedCart(): () => void {
  const subscriptions = [
    onStep((step) => {
      if (step.kind !== 'applied' || step.productId !== observedId.value) return;
      if (topology.queues[step.queue].consumer === 'cart') schedulePoll();
    }),
    observedId.subscribe(() => {
      stopMeasuring();
      release();
      schedulePoll();
    }),
    isLive.subscribe(schedulePoll),
    onRecovery(schedulePoll),
  ];
  const timer = setInterval(() => {
    if (!isLive.value && !document.hidden) schedulePoll();
  }, POLL_MS);
  addEventListener('pagehide', release);
  return () => {
    for (const unsubscribe of subscriptions) unsubscribe();
    clearInterval(timer);
    removeEventListener('pagehide', release);
    stopMeasuring();
    release();
    observe(undefined);
  };
}
