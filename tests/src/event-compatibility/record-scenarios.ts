import { publicIdOf } from '@tandem/cart/http/cart-ids';
import { mintToken } from '@tandem/emulators/issuer';
import { openSqlite } from '@tandem/storage/sqlite';
import { publisher } from '../support/events.ts';
import { client } from '../support/http.ts';
import { withSystem } from '../support/system.ts';
import { atMoments, createNarrator } from './scenario.ts';
import { createRecorder, type Told } from './event-recorder.ts';
import { expireCarts, expireHold, FILLER, holdForGood, sell, type Stage } from './scenarios.ts';

/** Long enough for Product to respond before the carts expire. */
const SHORT_LIFE = { GUEST_CART_TTL_SECONDS: '3', USER_CART_TTL_SECONDS: '3' };
const SHORT_HOLDS = { HOLD_SECONDS: '1' };
const ENDLESS_HOLDS = { HOLD_SECONDS: '0' };

/** Plays the whole loop on ephemeral systems; resolves to what it told: the same each time, unless something changed. */
export async function playWholeLoop(): Promise<readonly Told[]> {
  const told = [
    ...(await onStage(sell)),
    ...(await onStage(expireCarts, SHORT_LIFE)),
    ...(await onStage(expireHold, SHORT_HOLDS)),
    ...(await onStage(holdForGood, ENDLESS_HOLDS)),
  ];
  const isFiller = ({ event }: Told) => String(event['productId']).startsWith(FILLER);
  // All systems began alike.
  const once = new Map(told.map((it) => [it.event['eventId'], it]));
  return atMoments([...once.values()].filter((it) => !isFiller(it)));
}

async function onStage(
  play: (stage: Stage) => Promise<void>,
  environment: Readonly<Record<string, string>> = {},
): Promise<readonly Told[]> {
  const recorder = createRecorder();
  let story: readonly Told[] = [];
  await withSystem(
    async ({ urls }) => {
      const narrator = createNarrator(urls.aws, recorder);
      const token = await mintToken({ subject: 'user-123', scopes: ['products:write'] });
      const started = { ProductSnapshotRequested: 1, ProductSnapshotCompleted: 1 };
      for (const { event } of await narrator.tell(started, async () => undefined))
        if (typeof event['requestId'] === 'string') narrator.name(event['requestId'], 'request-1');
      await play({
        ...narrator,
        hold: recorder.hold,
        publish: publisher(urls.aws),
        user: client(urls.gateway, token),
        guest: client(urls.gateway),
        async open(by, name) {
          const cartId = await by.openCart();
          narrator.name(publicIdOf(cartId), name);
          return cartId;
        },
      });
      story = narrator.story();
    },
    environment,
    // Elsewhere the order of a snapshot is another, and nothing expires within seconds.
    { onClient: recorder.onClient, openStore: () => openSqlite(':memory:') },
  );
  return story;
}
