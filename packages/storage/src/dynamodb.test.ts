import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { DomainError } from '@tandem/chassis/errors';
import type { IndexHolds } from '@tandem/contracts/topology-types';
import { conformance } from './conformance.ts';
import { queriesConform } from './conformance/queries.ts';
import { add, changesUntil, eventIds, sampleEvent, thing } from './conformance/fixtures.ts';
import { createTable } from './create-table.ts';
import { createDynamoTable } from './dynamodb-table.ts';
import { openStreamFeed } from './dynamodb-streams.ts';
import { createDynamoCalls } from './dynamodb-calls.ts';
import { dynamoDriver } from './dynamodb.ts';
import { key, put } from './table.ts';

const endpoint = process.env['DYNAMODB_ENDPOINT'];
const a = key(thing, 'a');
const unavailable = (error: unknown) =>
  error instanceof DomainError && error.kind === 'unavailable' && error.cause instanceof Error;

if (endpoint === undefined) {
  it('DynamoDB conforms', { skip: 'needs DynamoDB Local: npm run test:dynamodb' });
} else {
  /** Each access key has its own database: writes become slower with the number of stream records in a database. */
  const clientOptions = () => ({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: randomUUID().replaceAll('-', ''), secretAccessKey: 'local' },
  });

  const openStore = async ({
    driverEndpoint = endpoint,
    holds = 'states',
  }: { driverEndpoint?: string; holds?: IndexHolds } = {}) => {
    const local = clientOptions();
    const client = new DynamoDBClient(local);
    const streams = new DynamoDBStreamsClient(local);
    const name = `test-${randomUUID()}`;
    await createDynamoTable(client, name, { byGroup: holds });
    await createDynamoTable(client, name, { byGroup: holds });
    const calls = createDynamoCalls(new DynamoDBClient({ ...local, endpoint: driverEndpoint }));
    const driver = dynamoDriver(calls, name);
    return {
      driver,
      feed: openStreamFeed(streams, name),
      table: createTable(driver, { now: Date.now }),
      close: async () => {
        await client.send(new DeleteTableCommand({ TableName: name }));
        client.destroy();
        streams.destroy();
      },
    };
  };

  conformance('DynamoDB', () => openStore());
  describe('an index of keys', () => queriesConform(() => openStore({ holds: 'keys' })));

  describe('DynamoDB', () => {
    it('a write that is retried after a lost response is applied once', async () => {
      let requests = 0;
      /** Forwards requests, and loses the first response. */
      const forward = async (request: IncomingMessage, response: ServerResponse) => {
        const headers = request.headers as Record<string, string>;
        const upstream = await fetch(endpoint, { method: 'POST', headers, body: await text(request) });
        if (requests++ === 0) response.destroy();
        else response.writeHead(upstream.status).end(await upstream.text());
      };
      const proxy = createServer((request, response) => void forward(request, response));
      proxy.listen(0, '127.0.0.1');
      await once(proxy, 'listening');
      const { port } = proxy.address() as AddressInfo;
      const { table, feed, close } = await openStore({ driverEndpoint: `http://127.0.0.1:${port}` });
      await table.update(a, add(1, sampleEvent('once')));
      assert.deepEqual(await table.get(a), { version: 1, count: 1 });

      requests = 0;
      assert.equal(await table.putIfNewer(key(thing, 'b'), { version: 1, count: 1 }), true);
      requests = 0;
      await table.transact([a, key(thing, 'b')], (read) => ({
        writes: [a, key(thing, 'b')].map((item) => put(item, add(1)(read.get(item)).state)),
      }));
      assert.deepEqual(
        (await table.getMany([a, key(thing, 'b')])).map(({ version }) => version),
        [2, 2],
      );
      await table.update(a, add(1, sampleEvent('last')));
      assert.deepEqual((await changesUntil(feed, 'last')).map(eventIds), [['once'], ['last']]);
      await close();
      proxy.close();
    });

    it('calls of an unreachable store reject with unavailable', async () => {
      const client = new DynamoDBClient({
        ...clientOptions(),
        endpoint: 'http://127.0.0.1:9',
        maxAttempts: 1,
      });
      const table = createTable(dynamoDriver(createDynamoCalls(client), 'none'), { now: Date.now });
      await assert.rejects(table.ping(), unavailable);
      await assert.rejects(table.update(a, add(1)), unavailable);
      await assert.rejects(table.query(thing, { index: 'byGroup', limit: 1 }), unavailable);
      client.destroy();
    });
  });
}
