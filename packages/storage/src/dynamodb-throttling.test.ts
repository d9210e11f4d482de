import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { cachedTable } from './cached.ts';
import { createTable } from './create-table.ts';
import type { Put } from './driver.ts';
import { dynamoDriver } from './dynamodb.ts';
import { createDynamoCalls } from './dynamodb-calls.ts';

const MAX_ATTEMPTS = 3;
const provisioned = 'The level of configured provisioned throughput for the table was exceeded.';
const onDemand = 'Throughput exceeds the maximum OnDemandThroughput configured on table or index';

/** Refusals for want of capacity: of provisioned tables, on-demand ones (their maximum too), and of the account's limit. */
const refusals = [
  { __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException', message: provisioned },
  { __type: 'com.amazon.coral.availability#ThrottlingException', message: onDemand },
  { __type: 'com.amazonaws.dynamodb.v20120810#RequestLimitExceeded', message: 'Exceeds the account limit' },
];
const cancelled = (...codes: readonly string[]) => ({
  __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
  message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(', ')}]`,
  CancellationReasons: codes.map((Code) => ({ Code })),
});

/** Opens a table whose store gives these responses, one after the other and the last for ever. */
async function open(t: TestContext, ...responses: readonly (readonly [number, object])[]) {
  let requests = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const [status, body] = responses[Math.min(requests++, responses.length - 1)] ?? [500, {}];
      response.writeHead(status).end(JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => (server.close(), server.closeAllConnections()));
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-central-1',
    maxAttempts: MAX_ATTEMPTS,
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
  });
  return { driver: dynamoDriver(createDynamoCalls(client), 'things'), requests: () => requests };
}

const putOf = (pk: string): Put => ({
  pk,
  condition: { is: 'version', version: 1 },
  row: { pk, version: 2, state: { version: 2 }, events: [] },
});
const puts = [putOf('thing#a'), putOf('thing#b')];
const throttled = { name: 'DomainError', kind: 'unavailable', code: 'store-throttled' };

test('a store that refuses for want of capacity is reachable, by one request (aws F1b)', async (t) => {
  for (const refusal of refusals) {
    const { driver, requests } = await open(t, [400, refusal]);
    await driver.ping();
    assert.equal(requests(), 1, 'a health check does not use up more of the capacity');
  }
});

test('a store that fails, or that may not be read, is not reachable', async (t) => {
  const unavailable = { kind: 'unavailable', code: 'store-unavailable' };
  const { driver } = await open(t, [500, {}]);
  await assert.rejects(driver.ping(), unavailable);
  const table = createTable(driver, { now: Date.now });
  await assert.rejects(table.ping(), unavailable);
  await assert.rejects(cachedTable(table, { ttlMs: 1_000, maxItems: 1 }).ping(), unavailable);
  const denied = { __type: 'com.amazon.coral.service#AccessDeniedException', message: 'not authorized' };
  await assert.rejects((await open(t, [400, denied])).driver.ping(), { name: 'AccessDeniedException' });
});

test('a refusal for want of capacity has a code of its own, after the retries of the SDK', async (t) => {
  for (const refusal of refusals) {
    const { driver, requests } = await open(t, [400, refusal]);
    await assert.rejects(driver.read(['thing#a'], { consistent: true }), throttled);
    assert.equal(requests(), MAX_ATTEMPTS);
  }
});

test('a transaction that was cancelled for want of capacity is retried like any other call', async (t) => {
  for (const code of ['ThrottlingError', 'ProvisionedThroughputExceeded']) {
    const refused = [400, cancelled('None', code)] as const;
    const { driver, requests } = await open(t, refused, [200, {}]);
    assert.equal(await driver.write(puts), 'written');
    assert.equal(requests(), 2);
    await assert.rejects((await open(t, refused)).driver.write(puts), throttled);
  }
});

test('a conflict or a failed condition decides, whatever else cancelled the transaction', async (t) => {
  const conflict = await open(t, [400, cancelled('ThrottlingError', 'TransactionConflict')]);
  assert.equal(await conflict.driver.write(puts), 'contended');
  const failed = await open(t, [400, cancelled('ThrottlingError', 'ConditionalCheckFailed')]);
  assert.equal(await failed.driver.write(puts), 'rejected');
  assert.deepEqual([conflict.requests(), failed.requests()], [1, 1]);
});
