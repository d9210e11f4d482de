import { computed, signal } from '@preact/signals';
import { topology } from '@tandem/contracts/topology';
import { type ApiResponse, request, Problem } from '../../api.ts';
import { coalesce } from '../../coalesce.ts';
import { addToCart, type Cart, cartPath, type Line, openCart, type Product } from '../../commerce.ts';
import { isLive, onStep } from '../../live.ts';
import { selectedProduct, actions, refreshProduct } from './products.ts';
import { type Measurement, traceIdOf } from './measurement.ts';

const MAX_MEASUREMENTS = 10;
/** Interval of polls while the event stream is closed. */
const POLL_MS = 500;

/** Guest cart of this page with one unit of the selected product; shows when Cart has applied a change. */
export const observedCart = signal<Cart | undefined>(undefined);
/** Line of the selected product. */
export const line = computed(() =>
  observedCart.value?.items.find(({ productId }) => productId === selectedProduct.value?.product.productId),
);
/** Latest measurements, newest last. */
export const measurements = signal<readonly Measurement[]>([]);

/** Change that is not visible in the cart yet. */
interface PendingChange {
  readonly description: string;
  readonly clickedAt: number;
  readonly startedAt: number;
  readonly isVisible: (line: Line) => boolean;
  readonly response?: {
    readonly ms: number;
    readonly productId: string;
    readonly traceId: string | undefined;
  };
  readonly visibleMs?: number;
}
/** Change that is being measured. */
export const pendingChange = signal<PendingChange | undefined>(undefined);

/** Sends a change, and measures the latency of the response and of its effect in the cart (`isVisible`). */
export async function measure(
  description: string,
  isVisible: PendingChange['isVisible'],
  change: () => Promise<ApiResponse<Product>>,
): Promise<void> {
  settle(true);
  const started: PendingChange = {
    description,
    isVisible,
    clickedAt: Date.now(),
    startedAt: performance.now(),
  };
  pendingChange.value = started;
  try {
    const { body, headers } = await change();
    const ms = performance.now() - started.startedAt;
    const traceId = traceIdOf(headers.get('traceparent'));
    const current = pendingChange.value;
    pendingChange.value = { ...current, response: { ms, productId: body.productId, traceId } };
  } catch (error) {
    pendingChange.value = undefined;
    throw error;
  }
  settle();
  schedulePoll();
}

/** Fetches the cart; adds the product first if it is not in the cart. */
async function pollCart(): Promise<void> {
  await actions.run('poll', async () => {
    const id = selectedProduct.value?.product.productId;
    if (id === undefined) return;
    const fetched = await (line.value ? fetchObservedCart() : addProduct(id)).catch(retryOrThrow);
    if (fetched && selectedProduct.value?.product.productId === id) observedCart.value = fetched;
  });
  const current = pendingChange.value;
  if (current && current.visibleMs === undefined && line.value && current.isVisible(line.value))
    pendingChange.value = { ...current, visibleMs: performance.now() - current.startedAt };
  settle();
}
const schedulePoll = coalesce(pollCart, 0);
const scheduleRefresh = coalesce(refreshProduct, 50);

async function fetchObservedCart(): Promise<Cart | undefined> {
  const id = observedCart.value?.cartId;
  if (id === undefined) return undefined;
  const { body } = await request<Cart>(cartPath(id));
  return body;
}

async function addProduct(productId: string): Promise<Cart> {
  observedCart.value ??= await openCart();
  return addToCart(observedCart.value.cartId, { productId, qty: 1 });
}

/** Tolerates an expired cart and a product that Cart has not received yet: the next poll retries. */
function retryOrThrow(error: unknown): undefined {
  if (!(error instanceof Problem)) throw error;
  if (error.code === 'cart-not-found') {
    observedCart.value = undefined;
    schedulePoll();
  } else if (error.code !== 'product-not-found') throw error;
}

/** Records the measurement once it is complete, or if it is stopped after the response. */
function settle(isStopped = false): void {
  const current = pendingChange.value;
  if (!current?.response || (current.visibleMs === undefined && !isStopped)) return;
  const { description, response, visibleMs, clickedAt } = current;
  const { ms: responseMs, productId, traceId } = response;
  const measured = { description, responseMs, visibleMs, change: { productId, clickedAt, traceId } };
  measurements.value = [...measurements.value.slice(1 - MAX_MEASUREMENTS), measured];
  pendingChange.value = undefined;
}

/** Deletes the cart, which releases its stock. */
function release(): void {
  const id = observedCart.value?.cartId;
  observedCart.value = undefined;
  if (id !== undefined)
    void fetch(cartPath(id), { method: 'DELETE', keepalive: true }).catch(() => undefined);
}

/** Keeps the selected product and the cart up to date; returns the function that stops it. */
export function watchObservedCart(): () => void {
  const subscriptions = [
    onStep((step) => {
      if (step.kind !== 'applied' || step.productId !== selectedProduct.value?.product.productId) return;
      scheduleRefresh();
      if (topology.queues[step.queue].consumer === 'cart') schedulePoll();
    }),
    selectedProductId.subscribe(() => {
      settle(true);
      release();
      schedulePoll();
    }),
    isLive.subscribe(() => {
      scheduleRefresh();
      schedulePoll();
    }),
  ];
  const timer = setInterval(() => {
    if (isLive.value || document.hidden) return;
    scheduleRefresh();
    schedulePoll();
  }, POLL_MS);
  addEventListener('pagehide', release);
  return () => {
    for (const unsubscribe of subscriptions) unsubscribe();
    clearInterval(timer);
    removeEventListener('pagehide', release);
    settle(true);
    release();
  };
}
const selectedProductId = computed(() => selectedProduct.value?.product.productId);
