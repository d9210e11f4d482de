import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../api.ts';
import { explainRejection } from './rejection.ts';

const textOf = (code: string, body: Readonly<Record<string, unknown>> = {}, status = 409) => {
  const error = new Problem(status, { type: `urn:problem:${code}`, detail: 'As the service says.', ...body });
  return (explainRejection(error) as Error).message;
};

test('a rejection says what has changed and what to do', () => {
  assert.match(textOf('price-changed'), /price has changed again.*accept/);
  assert.match(textOf('total-changed'), /total has changed.*check out again/);
  assert.match(textOf('lines-changed'), /lower the quantity or remove/);
  assert.match(textOf('quantity-limit', { limit: 5 }), /At most 5/);
  assert.equal(
    textOf('insufficient-stock', { availableQty: 3 }),
    'Only 3 units are available. Lower the quantity.',
  );
  assert.equal(
    textOf('insufficient-stock', { availableQty: 0 }),
    'Out of stock. Remove the line or check again later.',
  );
});

test('every other error keeps its own text', () => {
  assert.equal(textOf('cart-empty'), 'As the service says.');
  assert.equal(textOf('quantity-limit'), 'As the service says.');
  assert.equal(textOf('price-changed', {}, 400), 'As the service says.');
  const error = new Error('broken');
  assert.equal(explainRejection(error), error);
});
