import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linked } from './sources.ts';

test('the address in a source is a link, what is around it is text', () => {
  assert.deepEqual(linked('AWS price list; aws.amazon.com/ec2/pricing/on-demand, data transfer'), [
    { text: 'AWS price list; ' },
    { text: 'aws.amazon.com/ec2/pricing/on-demand', href: 'https://aws.amazon.com/ec2/pricing/on-demand/' },
    { text: ', data transfer' },
  ]);
  assert.deepEqual(linked('an invoice'), [{ text: 'an invoice' }]);
});
