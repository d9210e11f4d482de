import { publicIdOf } from '@tandem/cart/http/cart-ids';
import { subsetOf } from '@tandem/contracts/subset';
import { publishers } from '@tandem/contracts/topology';
import { openSqlite } from '@tandem/storage/sqlite';
import { mintToken } from '@tandem/emulators/issuer';
import { publisher } from '../support/events.ts';
import { client } from '../support/http.ts';
import { withSystem } from '../support/system.ts';
import { createEventRecorder, type RecordedEvent } from './event-recorder.ts';
import { createScenario, withFixedTimes } from './scenario.ts';
import {
  FILLER,
  runCartExpiry,
  runHoldExpiry,
  runSales,
  runUnlimitedHolds,
  type ScenarioContext,
} from './scenarios.ts';

/** Long enough for Product to respond before the carts expire. */
const SHORT_CART_TTL = { GUEST_CART_TTL_SECONDS: '3', USER_CART_TTL_SECONDS: '3' };
const SHORT_HOLDS = { HOLD_SECONDS: '1' };
const UNLIMITED_HOLDS = { HOLD_SECONDS: '0' };

/** The services with relays: requests of the others are published at any time. */
const services = publishers.map(([service]) => service);
const queues = Object.keys(subsetOf(services).queues);

/**
 * Runs all scenarios, each on its own system; resolves to the published events, which are the same in every run unless the code
 * changes.
 */
export async function recordScenarios(): Promise<readonly RecordedEvent[]> {
  const events = [
    ...(await record(runSales)),
    ...(await record(runCartExpiry, SHORT_CART_TTL)),
    ...(await record(runHoldExpiry, SHORT_HOLDS)),
    ...(await record(runUnlimitedHolds, UNLIMITED_HOLDS)),
  ];
  const isFiller = ({ event }: RecordedEvent) => String(event['productId']).startsWith(FILLER);
  // All systems begin with the same events.
  const unique = new Map(events.map((recorded) => [recorded.event['eventId'], recorded]));
  return withFixedTimes([...unique.values()].filter((recorded) => !isFiller(recorded)));
}

async function record(
  run: (context: ScenarioContext) => Promise<void>,
  environment: Readonly<Record<string, string>> = {},
): Promise<readonly RecordedEvent[]> {
  const recorder = createEventRecorder();
  let events: readonly RecordedEvent[] = [];
  await withSystem(
    async ({ urls }) => {
      const scenario = createScenario(urls.aws, queues, recorder);
      const token = await mintToken({ subject: 'user-123', scopes: ['products:write'] });
      const initial = { ProductSnapshotRequested: 1, ProductSnapshotCompleted: 1 };
      for (const { event } of await scenario.step(initial, async () => undefined))
        if (typeof event['requestId'] === 'string') scenario.nameId(event['requestId'], 'request-1');
      await run({
        ...scenario,
        pauseConsumer: recorder.pauseConsumer,
        publish: publisher(urls.aws),
        user: client(urls.gateway, token),
        guest: client(urls.gateway),
        async openCart(api, name) {
          const cartId = await api.openCart();
          scenario.nameId(publicIdOf(cartId), name);
          return cartId;
        },
      });
      events = scenario.events();
    },
    { SERVICES: services.join(), ...environment },
    // DynamoDB has another order of products in a snapshot, and removes expired items late.
    { onClient: recorder.onClient, openStore: () => openSqlite(':memory:') },
  );
  return events;
}
