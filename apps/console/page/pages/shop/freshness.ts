import { about, isCut, isLive, onStep } from '../../live.ts';
import { coalesced } from '../../coalesced.ts';
import { cart, readCart } from './basket.ts';
import { page, refresh } from './shelf.ts';

/** How long steps are gathered that follow upon one another before everything is read again. */
const GATHER_MS = 50;

/** Reads again what the shop shows. */
async function readAgain(): Promise<void> {
  await Promise.all([readCart(), refresh()]);
}

/**
 * Keeps what is shown as it is, until the returned function is called: where the page hears the system, when Cart has
 * applied an event of a product that is shown; and when the page is looked at again.
 */
export function keepFresh(): () => void {
  const again = coalesced(readAgain, GATHER_MS);
  const stopListening = onStep((step) => {
    if (step.kind !== 'applied' || step.queue !== 'cart-product-updates-queue') return;
    if (step.productId !== undefined && isShown(step.productId)) again();
  });
  const stopWatching = isLive.subscribe((live) => {
    if (live) again();
  });
  const onFocus = () => {
    if (!isLive.value) again();
  };
  addEventListener('focus', onFocus);
  return () => {
    stopListening();
    stopWatching();
    removeEventListener('focus', onFocus);
  };
}

/** Whether what is shown has to be read again by hand. */
export function needsHand(): boolean {
  return about.value === null || isCut.value;
}

function isShown(productId: string): boolean {
  const shown = [...(page.value?.items ?? []), ...(cart.value?.items ?? [])];
  return shown.some((it) => it.productId === productId);
}
