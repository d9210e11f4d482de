import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callsOf, differences } from './aws-calls.ts';

const line = (principal: string, action: string, resource: string, from = 'a.test.ts') =>
  JSON.stringify({ principal, action, resource, from });
const record = [
  line('product', 'sqs:SendMessage', 'queue'),
  line('product', 'dynamodb:Scan', 'table/b'),
  line('cart', 'dynamodb:Scan', 'table/c'),
  line('product', 'dynamodb:Scan', 'table/a'),
  line('product', 'dynamodb:Scan', 'table/b', 'b.test.ts'),
  '',
].join('\n');

test('records of many processes are merged into one sorted set', () => {
  const calls = callsOf(record);
  const expected = {
    cart: { 'dynamodb:Scan': ['table/c'] },
    product: { 'dynamodb:Scan': ['table/a', 'table/b'], 'sqs:SendMessage': ['queue'] },
  };
  assert.deepEqual(calls, expected);
  assert.equal(JSON.stringify(calls), JSON.stringify(expected), 'in this order');
});

test('differences are listed', () => {
  const calls = callsOf(record);
  assert.deepEqual(differences(calls, calls), []);
  assert.deepEqual(differences(calls, { ...calls, cart: { 'dynamodb:Query': ['table/c'] } }), [
    'new:  cart dynamodb:Query table/c',
    'gone: cart dynamodb:Scan table/c',
  ]);
});

test('a command with an unknown permission is an error', () => {
  const fault = JSON.stringify({ principal: 'cart', fault: 'What right?', from: 'a.test.ts' });
  assert.throws(() => callsOf(`${record}${fault}\n`), /cart, in a\.test\.ts: What right/);
});

test('the queue of a service that runs as functions is polled by Lambda, not by the service', () => {
  const line = (principal: string, action: string) =>
    JSON.stringify({ principal, from: 'a test', action, resource: 'some-queue' });
  const record = [line('analytics', 'sqs:ReceiveMessage'), line('cart', 'sqs:ReceiveMessage')].join('\n');
  assert.deepEqual(callsOf(record), { cart: { 'sqs:ReceiveMessage': ['some-queue'] } });
});
