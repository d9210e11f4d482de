import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from '@tandem/chassis/logger';
import { createMetrics } from '@tandem/chassis/metrics';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import { startEmulator } from '@tandem/emulators/messaging';
import { openClients } from '@tandem/emulators/clients';
import { openContext } from '@tandem/local/system/context';
import { emptyLedger } from '@tandem/product/domain/stock';
import { productKey } from '@tandem/product/store/entity-types';
import { recordCalls } from '../support/aws-calls/record.ts';
import { publisher } from '../support/events.ts';
import { deadLetters, depth } from '../support/queues.ts';
import { openStore, storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

test('each service returns an unreadable message until it is a dead letter', () =>
  withSystem(async ({ urls: { aws } }) => {
    const publish = publisher(aws);
    await publish('product-events-topic', '{"eventType":"ProductUpdated","productId":"prod-123"}');
    await publish('cart-events-topic', '{"eventType":"ProductAddedToCart","cartId":"cart-abc"}');
    for (const { deadLetterQueue } of Object.values(topology.queues)) {
      await until(
        () => depth(aws, deadLetterQueue),
        (messages) => messages === 1,
      );
    }
  }));

/** Larger than a topic takes, and not than a queue does. */
const OVERSIZED = 'x'.repeat(261_000);

for (const service of ['product', 'cart'] as const satisfies ServiceName[]) {
  test(`the relay of ${service} on ${storeName} parks an event that no topic takes`, async () => {
    await using stack = new AsyncDisposableStack();
    const emulator = await startEmulator({ host: '127.0.0.1', port: 0, directory: undefined });
    const { endpoint } = emulator;
    stack.defer(() => emulator.stop());
    const clients = openClients(service, endpoint, recordCalls);
    stack.use(clients.service);
    stack.use(clients.relay);
    const { table } = stack.use(
      openContext({
        ...clients.relay,
        service,
        endpoint,
        store: await openStore(service),
        logger: createLogger({ name: 'test', level: 'silent' }),
        metrics: createMetrics(),
      }),
    );
    const updatedAt = '2026-02-14T15:00:00Z';
    const event = { eventType: 'ProductDeleted', productId: OVERSIZED, version: 1, updatedAt } as const;
    const state = { productId: 'p', version: 1, updatedAt, deleted: true, ledger: emptyLedger } as const;
    await table.update(productKey('p'), () => ({ state, events: [event] }));
    await until(
      () => depth(endpoint, topology.relays[service].parkingQueue),
      (messages) => messages === 1,
    );
    assert.equal(await deadLetters(endpoint), 1);
  });
}
