import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEvent } from '@tandem/contracts/read-event';
import { assumptions } from '../assumptions.ts';
import { createEventSource } from './batch-events.ts';

const rates = { ProductAddedToCart: 300, CartCheckedOut: 100, ProductEdited: 100 };
const END = Date.parse('2040-01-01T12:00:00.000Z');

test('the events of a minute are valid, of the types by their rates, and the same each time', () => {
  const events = createEventSource(rates).minute(END, 5_000);
  assert.deepEqual(createEventSource(rates).minute(END, 5_000), events);
  assert.ok(events.every((event) => readEvent(event).ok));
  const added = events.filter(({ eventType }) => eventType === 'ProductAddedToCart').length;
  assert.ok(Math.abs(added / 5_000 - 0.6) < 0.03, `${added} of 5,000`);
  const times = events.map((event) => Date.parse('timestamp' in event ? event.timestamp : ''));
  assert.deepEqual([Math.min(...times), Math.max(...times) < END], [END - 60_000, true]);
  assert.equal(new Set(events.map(({ eventId }) => eventId)).size, 5_000);
});

test('the most popular product has its assumed share', () => {
  const events = createEventSource({ ProductRemovedFromCart: 1 }).minute(END, 50_000);
  const byProduct = Map.groupBy(events, (event) => ('productId' in event ? event.productId : ''));
  const most = Math.max(...[...byProduct.values()].map(({ length }) => length));
  assert.ok(Math.abs(most / 50_000 - assumptions.hottestProduct) < 0.003, `${most} of 50,000`);
  assert.ok(byProduct.size > 0.9 * assumptions.products);
});
