import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effectOf, type Movement } from './stock.ts';

const stock = { onHand: 10, held: 3 };
const bodyOf = (movement: Movement, text: string) => {
  const effect = effectOf(movement, text, stock);
  return 'body' in effect ? effect.body : undefined;
};

test('a delivery and a loss change the stock, a count sets it if it is still the one that was seen', () => {
  assert.deepEqual(bodyOf('delivery', '5'), { delta: 5 });
  assert.deepEqual(bodyOf('loss', '7'), { delta: -7 });
  assert.deepEqual(bodyOf('count', ' 0 '), { onHand: 0, expectedOnHand: 10 });
});

test('the effect is told before it is recorded', () => {
  const preview = (movement: Movement, text: string) => {
    const effect = effectOf(movement, text, stock);
    return 'preview' in effect ? effect.preview : effect.fault;
  };
  assert.equal(preview('delivery', '5'), 'Afterwards: 15 on hand, 12 available.');
  assert.equal(preview('count', '2'), 'Afterwards: 2 on hand, 0 available. Carts hold 1 more than that.');
  assert.match(preview('loss', '8'), /^Only 7 units can be recorded as lost/);
});

test('a text that is no number of units is rejected', () => {
  for (const text of ['', '-1', '1.5', 'ten', '1e3', '0']) {
    assert.equal(bodyOf('delivery', text), undefined, text);
    assert.equal(bodyOf('loss', text), undefined, text);
  }
});
