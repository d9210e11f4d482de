import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publishers, topology } from '@tandem/contracts/topology';
import { assembleService } from '@tandem/local/system/assemble';
import { emptyLedger } from '@tandem/product/domain/stock';
import { productKey } from '@tandem/product/store/entity-types';
import { publisher } from '../support/events.ts';
import { startMessaging } from '../support/messaging.ts';
import { deadLetterCount, depth } from '../support/queues.ts';
import { assemblyOptions } from '../support/assembly.ts';
import { tableOf } from './services.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

test('each service returns an invalid message to its queue until it is a dead letter', () =>
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

/** Exceeds the size limit of a topic, but not that of a queue. */
const OVERSIZED = 'x'.repeat(261_000);

for (const [service, { parkingQueue }] of publishers) {
  test(`the relay of ${service} on ${storeName} parks an event that exceeds the size limit of a topic`, async () => {
    await using stack = new AsyncDisposableStack();
    const { endpoint } = stack.use(await startMessaging());
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
    assert.equal(await deadLetterCount(endpoint), 1);
  });
}
