import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyAnalyticsEvents } from '@tandem/analytics/messaging/consumer';
import { dayKey } from '@tandem/analytics/store/entity-types';
import { createLogger } from '@tandem/chassis/logger';
import { createMetrics } from '@tandem/chassis/metrics';
import type { TandemEvent } from '@tandem/contracts/events';
import { tableOf } from '@tandem/local/system/store';
import { openStore, storeName } from '../support/store.ts';

const opened = (cartId: string, minute: string): TandemEvent => ({
  eventType: 'ProductAddedToCart',
  eventId: `${cartId}-opened`,
  cartId,
  userId: null,
  productId: 'mug',
  qty: 1,
  priceAtAdd: 1200,
  cartVersion: 1,
  opensCart: true,
  timestamp: `2026-11-29T11:${minute}:00Z`,
});

test(`of duplicates and of new events of another minute in a batch, the new ones are counted, in ${storeName}`, async () => {
  const store = await openStore('analytics');
  try {
    const metrics = createMetrics();
    const table = tableOf(store, metrics);
    const apply = applyAnalyticsEvents({
      table,
      metrics,
      logger: createLogger({ name: 'test', level: 'silent' }),
      publish: async (messages) => messages.map(() => ({ status: 'published' })),
      now: () => Date.parse('2026-11-29T12:00:00Z'),
    });
    const first = [opened('a', '01'), opened('b', '01')];
    for (const events of [first, [...first, opened('c', '07')]]) {
      const outcomes = await apply(events);
      assert.ok(outcomes.every(({ status }) => status === 'applied'));
    }
    assert.equal((await table.get(dayKey('2026-11-29')))?.carts.opened, 3);
  } finally {
    store.close();
  }
});
