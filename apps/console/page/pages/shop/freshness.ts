import { topology } from '@tandem/contracts/topology';
import { about, isDisconnected, isLive, onStep } from '../../live.ts';
import { coalesce } from '../../coalesce.ts';
import { cart, readCart } from './cart-state.ts';
import { page, refresh } from './catalog-state.ts';

/** Delay in which consecutive steps are coalesced into one reload. */
const COALESCE_MS = 50;

/** Reloads the cart and the catalog. */
async function reload(): Promise<void> {
  await Promise.all([readCart(), refresh()]);
}

/**
 * Reloads the shop when Cart has applied an event of a displayed product, when the event stream opens, and on focus
 * without a stream. Returns the function that stops it.
 */
export function refreshOnEvents(): () => void {
  const scheduleReload = coalesce(reload, COALESCE_MS);
  const stopListening = onStep((step) => {
    if (step.kind !== 'applied' || topology.queues[step.queue].consumer !== 'cart') return;
    if (step.productId !== undefined && isShown(step.productId)) scheduleReload();
  });
  const stopWatching = isLive.subscribe((live) => {
    if (live) scheduleReload();
  });
  const onFocus = () => {
    if (!isLive.value) scheduleReload();
  };
  addEventListener('focus', onFocus);
  return () => {
    stopListening();
    stopWatching();
    removeEventListener('focus', onFocus);
  };
}

/** Whether the shop is not updated automatically. */
export function needsManualRefresh(): boolean {
  return about.value === null || isDisconnected.value;
}

function isShown(productId: string): boolean {
  const shown = [...(page.value?.items ?? []), ...(cart.value?.items ?? [])];
  return shown.some((item) => item.productId === productId);
}
