import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publishers, topology } from '@tandem/contracts/topology';
import { startEmulator } from '@tandem/emulators/messaging';
import { assembleService } from '@tandem/local/system/assemble';
import { emptyLedger } from '@tandem/product/domain/stock';
import { productKey } from '@tandem/product/store/entity-types';
import { publisher } from '../support/events.ts';
import { deadLetters, depth } from '../support/queues.ts';
import { assemblyOptions, tableOf } from '../support/services.ts';
import { storeName } from '../support/store.ts';
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

for (const [service, { parkingQueue }] of publishers) {
  test(`the relay of ${service} on ${storeName} parks an event that no topic takes`, async () => {
    await using stack = new AsyncDisposableStack();
    const { endpoint, stop } = await startEmulator({ host: '127.0.0.1', port: 0, directory: undefined });
    stack.defer(stop);
    const assembly = stack.use(await assembleService(service, assemblyOptions(endpoint)));
    assembly.startRelay();
    const updatedAt = '2026-02-14T15:00:00Z';
    const event = { eventType: 'ProductDeleted', productId: OVERSIZED, version: 1, updatedAt } as const;
    const state = { productId: 'p', version: 1, updatedAt, deleted: true, ledger: emptyLedger } as const;
    await tableOf(assembly).update(productKey('p'), () => ({ state, events: [event] }));
    await until(
      () => depth(endpoint, parkingQueue),
      (messages) => messages === 1,
    );
    assert.equal(await deadLetters(endpoint), 1);
  });
}
