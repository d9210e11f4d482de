import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linked } from './sources.ts';

test('AWS URLs in a source become links, other text stays text', () => {
  assert.deepEqual(linked('AWS price list; aws.amazon.com/ec2/pricing/on-demand, data transfer'), [
    { text: 'AWS price list; ' },
    { text: 'aws.amazon.com/ec2/pricing/on-demand', href: 'https://aws.amazon.com/ec2/pricing/on-demand/' },
    { text: ', data transfer' },
  ]);
  assert.deepEqual(linked('an invoice'), [{ text: 'an invoice' }]);
});
