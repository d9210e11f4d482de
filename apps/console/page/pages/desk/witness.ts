import { computed, signal } from '@preact/signals';
import { type Answered, ask, Problem } from '../../api.ts';
import { coalesced } from '../../coalesced.ts';
import { addToCart, type Cart, cartPath, type Line, openCart, type Product } from '../../commerce.ts';
import { isLive, onStep } from '../../live.ts';
import { chosen, doings, refreshProduct } from './goods.ts';
import { type Measured, traceIdOf } from './measure.ts';

const KEPT = 10;
const POLL_MS = 100;
/** How long the cart is polled for a change where nothing tells of events. */
const PATIENCE_MS = 5_000;
/** Every how many polls everything is read again while nothing is measured. */
const IDLE_POLLS = 20;

/** A guest's cart of the desk's own, with one unit of the product: whatever Cart learns is seen in it. */
export const witness = signal<Cart | undefined>(undefined);
/** The line of the product on the desk. */
export const line = computed(() =>
  witness.value?.items.find(({ productId }) => productId === chosen.value?.product.productId),
);
/** The last measurements, the newest last. */
export const measurements = signal<readonly Measured[]>([]);

/** A change whose effect is awaited. */
interface Awaited {
  readonly what: string;
  readonly clickedAt: number;
  readonly startedAt: number;
  readonly isVisible: (line: Line) => boolean;
  readonly answer?: { readonly ms: number; readonly productId: string; readonly traceId: string | undefined };
  readonly visibleMs?: number;
}
/** The change whose effect is awaited now. */
export const awaited = signal<Awaited | undefined>(undefined);

/** Asks for a change, and measures when it is answered and when the cart shows what `isVisible` looks for. */
export async function measure(
  what: string,
  isVisible: Awaited['isVisible'],
  change: () => Promise<Answered<Product>>,
): Promise<void> {
  settle('given up');
  const begun: Awaited = { what, isVisible, clickedAt: Date.now(), startedAt: performance.now() };
  awaited.value = begun;
  try {
    const { body, headers } = await change();
    const ms = performance.now() - begun.startedAt;
    const traceId = traceIdOf(headers.get('traceparent'));
    const current = awaited.value;
    awaited.value = { ...current, answer: { ms, productId: body.productId, traceId } };
  } catch (error) {
    awaited.value = undefined;
    throw error;
  }
  settle();
  lookAgain();
}

/** Looks into the cart; puts the product into it where it is not. */
async function look(): Promise<void> {
  await doings.run('look', async () => {
    const id = chosen.value?.product.productId;
    if (id === undefined) return;
    const seen = await (line.value ? readWitness() : place(id)).catch(waitOrThrow);
    if (seen && chosen.value?.product.productId === id) witness.value = seen;
  });
  const current = awaited.value;
  if (current && current.visibleMs === undefined && line.value && current.isVisible(line.value))
    awaited.value = { ...current, visibleMs: performance.now() - current.startedAt };
  settle();
}
const lookAgain = coalesced(look, 0);
const refreshAgain = coalesced(refreshProduct, 50);

async function readWitness(): Promise<Cart | undefined> {
  const id = witness.value?.cartId;
  if (id === undefined) return undefined;
  const { body } = await ask<Cart>(cartPath(id));
  return body;
}

async function place(productId: string): Promise<Cart> {
  witness.value ??= await openCart();
  return addToCart(witness.value.cartId, { productId, qty: 1 });
}

/** Cart may not have heard of a product yet, and a cart may be gone: the next look will tell. */
function waitOrThrow(error: unknown): undefined {
  if (!(error instanceof Problem)) throw error;
  if (error.code === 'cart-not-found') {
    witness.value = undefined;
    lookAgain();
  } else if (error.code !== 'product-not-found') throw error;
}

/** Notes what was measured once all of it is known, or nobody waits for it any longer. */
function settle(how?: 'given up'): void {
  const current = awaited.value;
  if (!current?.answer || (current.visibleMs === undefined && how !== 'given up')) return;
  const { what, answer, visibleMs, clickedAt } = current;
  const { ms: answeredMs, productId, traceId } = answer;
  const measured = { what, answeredMs, visibleMs, change: { productId, clickedAt, traceId } };
  measurements.value = [...measurements.value.slice(1 - KEPT), measured];
  awaited.value = undefined;
}

/** Gives the cart's stock back. */
function release(): void {
  const id = witness.value?.cartId;
  witness.value = undefined;
  if (id !== undefined)
    void fetch(cartPath(id), { method: 'DELETE', keepalive: true }).catch(() => undefined);
}

/** Keeps the product on the desk and the cart as they are, until the returned function is called. */
export function keepWatching(): () => void {
  const ends = [
    onStep((step) => {
      if (step.kind !== 'applied' || step.productId !== chosen.value?.product.productId) return;
      refreshAgain();
      if (step.queue === 'cart-product-updates-queue') lookAgain();
    }),
    chosenId.subscribe(() => {
      settle('given up');
      release();
      lookAgain();
    }),
    isLive.subscribe(() => {
      refreshAgain();
      lookAgain();
    }),
  ];
  let polls = 0;
  const timer = setInterval(() => {
    polls += 1;
    if (isLive.value || document.hidden) return;
    const current = awaited.value;
    if (current && performance.now() - current.startedAt > PATIENCE_MS) settle('given up');
    else if (current) lookAgain();
    if (polls % IDLE_POLLS !== 0) return;
    refreshAgain();
    lookAgain();
  }, POLL_MS);
  addEventListener('pagehide', release);
  return () => {
    for (const end of ends) end();
    clearInterval(timer);
    removeEventListener('pagehide', release);
    settle('given up');
    release();
  };
}
const chosenId = computed(() => chosen.value?.product.productId);
