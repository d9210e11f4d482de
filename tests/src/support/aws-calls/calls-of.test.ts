import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callsOf } from './calls-of.ts';

test('a transaction needs the permissions of its parts', () => {
  const TransactItems = [
    { Put: { TableName: 'carts-1' } },
    { ConditionCheck: { TableName: 'products' } },
    { Put: { TableName: 'carts-1' } },
  ];
  assert.deepEqual(callsOf('DynamoDB', 'TransactWriteItems', { TransactItems }), [
    { action: 'dynamodb:PutItem', resource: 'table/carts' },
    { action: 'dynamodb:ConditionCheckItem', resource: 'table/products' },
    { action: 'dynamodb:PutItem', resource: 'table/carts' },
  ]);
});

test('an index is a separate resource', () => {
  const input = { TableName: 'products-1', IndexName: 'byCategory' };
  assert.deepEqual(callsOf('DynamoDB', 'Query', input), [
    { action: 'dynamodb:Query', resource: 'table/products/index/byCategory' },
  ]);
});

test('a batch needs the permissions of its entries, apart from BatchGetItem', () => {
  const QueueUrl = 'http://127.0.0.1:4566/000000000000/cart-product-updates-queue';
  assert.deepEqual(callsOf('SQSClient', 'DeleteMessageBatchCommand', { QueueUrl }), [
    { action: 'sqs:DeleteMessage', resource: 'cart-product-updates-queue' },
  ]);
  const TopicArn = 'arn:aws:sns:us-east-1:000000000000:cart-events-topic';
  assert.deepEqual(callsOf('SNSClient', 'PublishBatchCommand', { TopicArn }), [
    { action: 'sns:Publish', resource: 'cart-events-topic' },
  ]);
  const RequestItems = { 'carts-1': { Keys: [] } };
  assert.deepEqual(callsOf('DynamoDB', 'BatchGetItem', { RequestItems }), [
    { action: 'dynamodb:BatchGetItem', resource: 'table/carts' },
  ]);
});

test('an unknown command or resource is an error', () => {
  assert.throws(() => callsOf('SQSClient', 'PurgeQueueCommand', {}), /PurgeQueueCommand of SQSClient/);
  assert.throws(() => callsOf('DynamoDB', 'GetItem', { TableName: 'users' }), /users/);
  assert.throws(
    () => callsOf('SQSClient', 'SendMessageCommand', { QueueUrl: 'http://a/b' }),
    /b is not a queue/,
  );
  const TransactItems = [{ Get: { TableName: 'carts' } }];
  assert.throws(() => callsOf('DynamoDB', 'TransactWriteItems', { TransactItems }), /Get/);
});
