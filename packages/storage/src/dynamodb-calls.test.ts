import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoCalls } from './dynamodb-calls.ts';

const get = { TableName: 'things', Key: { pk: { S: 'thing#ü' } } };

/** Response of a server: status and body, or a closed connection. */
type ServerResponse = readonly [status: number, body: string] | 'closed';

/** Runs `use` with calls to a server that gives these responses, one after the other. */
async function withServer(
  responses: readonly ServerResponse[],
  use: (call: ReturnType<typeof createDynamoCalls>, requests: readonly ReceivedRequest[]) => Promise<void>,
  config: object = {},
): Promise<void> {
  const requests: ReceivedRequest[] = [];
  const remaining = responses.values();
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      requests.push({ headers: request.headers, body });
      const { value: next = 'closed' } = remaining.next();
      if (next === 'closed') response.destroy();
      else response.writeHead(next[0]).end(next[1]);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const credentials = { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'session' };
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials, ...config });
  await use(createDynamoCalls(client), requests);
  server.close();
  server.closeAllConnections();
}

interface ReceivedRequest {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

test("a call is signed with the SDK client's region and credentials", async () => {
  await withServer([[200, '{"Item":{"pk":{"S":"thing#ü"}}}']], async (call, requests) => {
    assert.deepEqual(await call('GetItem', get), { Item: { pk: { S: 'thing#ü' } } });
    const [{ headers, body } = assert.fail()] = requests;
    assert.equal(body, JSON.stringify(get));
    assert.equal(headers['content-type'], 'application/x-amz-json-1.0');
    assert.equal(headers['x-amz-target'], 'DynamoDB_20120810.GetItem');
    assert.equal(headers['x-amz-security-token'], 'session');
    assert.match(
      String(headers.authorization),
      /^AWS4-HMAC-SHA256 Credential=id\/\d{8}\/eu-central-1\/dynamodb\/aws4_request, SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, Signature=[0-9a-f]{64}$/,
    );
  });
});

test('throttled calls, server errors and lost connections are retried', async () => {
  const throttled = '{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}';
  for (const failure of [[400, throttled], [500, '{}'], [503, '<html>'], 'closed'] as const)
    await withServer([failure, [200, '{}']], async (call, requests) => {
      assert.deepEqual(await call('GetItem', get), {});
      assert.equal(requests.length, 2);
    });
});

test('missing credentials are requested again by the next call', async () => {
  let requests = 0;
  const credentials = async () => {
    requests += 1;
    if (requests === 1) throw new Error('no credentials yet');
    return { accessKeyId: 'id', secretAccessKey: 'secret' };
  };
  await withServer(
    [[200, '{}']],
    async (call) => {
      await assert.rejects(call('GetItem', get), /no credentials yet/);
      assert.deepEqual(await call('GetItem', get), {});
    },
    { credentials },
  );
});

test("a call has at most the SDK client's number of attempts", async () => {
  await withServer(
    [],
    async (call, requests) => {
      await assert.rejects(call('GetItem', get), { name: 'TimeoutError', $metadata: { attempts: 2 } });
      assert.equal(requests.length, 2);
    },
    { maxAttempts: 2 },
  );
});

test("an error has DynamoDB's name for it, and the number of attempts", async () => {
  const conditionFailed = {
    __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
    message: 'The conditional request failed',
    Item: { writeIds: { S: '1' } },
  };
  await withServer([[400, JSON.stringify(conditionFailed)]], async (call, requests) => {
    await assert.rejects(call('PutItem', { TableName: 'things', Item: {} }), {
      name: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
      Item: { writeIds: { S: '1' } },
      $metadata: { httpStatusCode: 400, attempts: 1 },
    });
    assert.equal(requests.length, 1);
  });
  await withServer(['closed', [500, '{}'], [400, JSON.stringify(conditionFailed)]], async (call) => {
    await assert.rejects(call('PutItem', { TableName: 'things', Item: {} }), {
      name: 'ConditionalCheckFailedException',
      $metadata: { httpStatusCode: 400, attempts: 3 },
    });
  });
});
