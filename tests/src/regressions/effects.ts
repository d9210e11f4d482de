import { publicIdOf } from '@tandem/cart/http/cart-ids';
import type { TandemEvent } from '@tandem/contracts/events';
import { type Listener, listen } from '../support/events.ts';
import { client } from '../support/http.ts';
import { atRest } from '../support/queues.ts';
import { until } from '../support/until.ts';

const MARKER = 'marker';

/** Counter of all events that a system publishes. */
export interface Effects {
  /** Number of events of each type that `work` causes, until the system is at rest. */
  of(work: () => Promise<unknown>): Promise<Readonly<Record<string, number>>>;
  close(): void;
}

/** Starts counting. No other client may use the system meanwhile. */
export async function watchEffects(urls: {
  readonly gateway: string;
  readonly aws: string;
}): Promise<Effects> {
  const { checkOut, fill, openCart, putProduct } = client(urls.gateway);
  const listeners: readonly Listener[] = await Promise.all(
    (['product-events-topic', 'cart-events-topic'] as const).map((topic) => listen(urls.aws, topic)),
  );
  await putProduct(MARKER, { inventory: 1_000_000 });
  const markerCarts = new Set<string>();

  const isMarker = (event: TandemEvent) =>
    ('productId' in event && event.productId === MARKER) ||
    ('cartId' in event && markerCarts.has(event.cartId));

  /** Waits for a marker cart to pass from creation to checkout: all earlier events have passed before it. */
  const settle = async (): Promise<readonly TandemEvent[]> => {
    const cartId = await openCart();
    markerCarts.add(publicIdOf(cartId));
    await fill(cartId, { [MARKER]: 1 });
    await until(
      () => checkOut(cartId),
      ({ status }) => status === 200,
    );
    await atRest(urls.aws);
    const isSold = (event: TandemEvent) =>
      event.eventType === 'CartCheckedOut' && event.cartId === publicIdOf(cartId);
    const [ofProduct, ofCart] = listeners;
    const carts = (await ofCart?.until((events) => events.some(isSold))) ?? [];
    const products = (await ofProduct?.until(() => true)) ?? [];
    return [...products, ...carts].filter((event) => !isMarker(event));
  };

  return {
    async of(work) {
      const before = new Set(await settle());
      await work();
      return countsOf((await settle()).filter((event) => !before.has(event)));
    },
    close: () => listeners.forEach((listener) => listener.close()),
  };
}

function countsOf(events: readonly TandemEvent[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...Map.groupBy(events, ({ eventType }) => eventType)].map(([type, sameType]) => [type, sameType.length]),
  );
}
