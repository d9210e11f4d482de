import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoCalls } from './dynamodb-calls.ts';

const get = { TableName: 'things', Key: { pk: { S: 'thing#ü' } } };

/** What a server says to a call: a status with a body, or nothing at all. */
type Answer = readonly [status: number, body: string] | 'cut';

/** Calls a server that answers so, one after the other. */
async function withServer(
  answers: readonly Answer[],
  use: (call: ReturnType<typeof createDynamoCalls>, seen: readonly Seen[]) => Promise<void>,
  config: object = {},
): Promise<void> {
  const seen: Seen[] = [];
  const left = answers.values();
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      seen.push({ headers: request.headers, body });
      const { value: answer = 'cut' } = left.next();
      if (answer === 'cut') response.destroy();
      else response.writeHead(answer[0]).end(answer[1]);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const credentials = { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'session' };
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials, ...config });
  await use(createDynamoCalls(client), seen);
  server.close();
  server.closeAllConnections();
}

interface Seen {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

test('calls as the client would: signed for its region, with its credentials', async () => {
  await withServer([[200, '{"Item":{"pk":{"S":"thing#ü"}}}']], async (call, seen) => {
    assert.deepEqual(await call('GetItem', get), { Item: { pk: { S: 'thing#ü' } } });
    const [{ headers, body } = assert.fail()] = seen;
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

test('retries throttled, failed and unanswered calls with a new signature', async () => {
  const throttled = '{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}';
  for (const failure of [[400, throttled], [500, '{}'], [503, '<html>'], 'cut'] as const)
    await withServer([failure, [200, '{}']], async (call, seen) => {
      assert.deepEqual(await call('GetItem', get), {});
      assert.equal(seen.length, 2);
    });
});

test('missing credentials are requested again', async () => {
  let asked = 0;
  const credentials = async () => {
    asked += 1;
    if (asked === 1) throw new Error('no credentials yet');
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

test('gives up after as many attempts as the client would make', async () => {
  await withServer(
    [],
    async (call, seen) => {
      await assert.rejects(call('GetItem', get), { name: 'TimeoutError', $metadata: { attempts: 2 } });
      assert.equal(seen.length, 2);
    },
    { maxAttempts: 2 },
  );
});

test('rejects with the name of what DynamoDB rejected, and how often it was sent', async () => {
  const refused = {
    __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
    message: 'The conditional request failed',
    Item: { writeIds: { S: '1' } },
  };
  await withServer([[400, JSON.stringify(refused)]], async (call, seen) => {
    await assert.rejects(call('PutItem', { TableName: 'things', Item: {} }), {
      name: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
      Item: { writeIds: { S: '1' } },
      $metadata: { httpStatusCode: 400, attempts: 1 },
    });
    assert.equal(seen.length, 1);
  });
  await withServer(['cut', [500, '{}'], [400, JSON.stringify(refused)]], async (call) => {
    await assert.rejects(call('PutItem', { TableName: 'things', Item: {} }), {
      name: 'ConditionalCheckFailedException',
      $metadata: { httpStatusCode: 400, attempts: 3 },
    });
  });
});
