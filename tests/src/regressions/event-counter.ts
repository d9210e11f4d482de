import { publicIdOf } from '@tandem/cart/http/cart-ids';
import type { TandemEvent } from '@tandem/contracts/events';
import { listen } from '../support/events.ts';
import { client } from '../support/http.ts';
import { atRest } from '../support/queues.ts';
import { until } from '../support/until.ts';

const MARKER = 'marker';

/** Counter of all events that a system publishes. */
export interface EventCounter extends Disposable {
  /** Number of events of each type that `work` causes, until the system is at rest. */
  count(work: () => Promise<unknown>): Promise<Readonly<Record<string, number>>>;
}

/** Starts to count events. No other client may use the system meanwhile. */
export async function countEvents(urls: {
  readonly gateway: string;
  readonly aws: string;
}): Promise<EventCounter> {
  const { checkOut, fill, openCart, putProduct } = client(urls.gateway);
  const productListener = await listen(urls.aws, 'product-events-topic');
  const cartListener = await listen(urls.aws, 'cart-events-topic');
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
    const cartEvents = await cartListener.until((events) => events.some(isSold));
    const productEvents = await productListener.until(() => true);
    return [...productEvents, ...cartEvents].filter((event) => !isMarker(event));
  };

  return {
    async count(work) {
      const before = new Set(await settle());
      await work();
      return countsOf((await settle()).filter((event) => !before.has(event)));
    },
    [Symbol.dispose]() {
      productListener[Symbol.dispose]();
      cartListener[Symbol.dispose]();
    },
  };
}

function countsOf(events: readonly TandemEvent[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...Map.groupBy(events, ({ eventType }) => eventType)].map(([type, sameType]) => [type, sameType.length]),
  );
}
