import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type QueueName, relayOf, type ServiceName } from '@tandem/contracts/topology';
import { LOCAL_AUDIENCE, LOCAL_ISSUER, localKeySet } from '@tandem/emulators/issuer';
import { queueUrl, REGION, topicArn } from '@tandem/emulators/messaging-config';
import { createStoreTable } from '@tandem/local/system/dynamodb-store';
import { client } from '../support/http.ts';
import { startMessaging } from '../support/messaging.ts';
import { until } from '../support/until.ts';

const endpoint = process.env['DYNAMODB_ENDPOINT'];
const skip = endpoint === undefined && 'the services as they ship need DynamoDB Local: npm run test:dynamodb';
const preload = new URL('../support/aws-calls/preload.ts', import.meta.url).href;
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Environment of a service on AWS, with endpoints on this machine. */
async function environment(queue: QueueName, t: TestContext): Promise<Record<string, string>> {
  const messaging = await startMessaging();
  const keys = createServer((_request, response) => {
    void localKeySet().then((keySet) => response.end(JSON.stringify(keySet)));
  }).listen(0, '127.0.0.1');
  await once(keys, 'listening');
  t.after(async () => {
    keys.close();
    await messaging[Symbol.asyncDispose]();
  });
  return {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL: messaging.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: String(endpoint),
    HOST: '127.0.0.1',
    PORT: '0',
    TOPIC_ARN: topicArn('product-events-topic'),
    QUEUE_URLS: queueUrl(messaging.endpoint, queue),
    AUTH_ISSUER: LOCAL_ISSUER,
    AUTH_AUDIENCE: LOCAL_AUDIENCE,
    AUTH_JWKS_URL: `http://127.0.0.1:${(keys.address() as AddressInfo).port}/`,
  };
}

async function run(service: ServiceName, env: Record<string, string>, t: TestContext) {
  const { table } = relayOf(service);
  const name = `${table}-standalone`;
  await createStoreTable(table, {
    name,
    client: { endpoint: String(endpoint), region: REGION, credentials },
  });
  const main = fileURLToPath(new URL(`../../../services/${service}/src/main.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--import', preload, main], {
    env: {
      ...env,
      AWS_CALLS_FILE: process.env['AWS_CALLS_FILE'],
      AWS_CALLS_PRINCIPAL: service,
      TABLE_NAME: name,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [, url = ''] = await until(
    () => /"url":"([^"]+)"/.exec(output) ?? [],
    (found) => found.length > 0,
  );
  return { url, stop: () => (child.kill('SIGTERM'), exited) };
}

test('Product runs by its environment alone, and stops with exit code 0', { skip }, async (t) => {
  const { url, stop } = await run('product', await environment('product-cart-events-queue', t), t);
  const { call, putProduct, product } = client(url);
  await until(
    () => call('GET', '/ready'),
    ({ status }) => status === 200,
  );
  assert.equal((await putProduct('mug')).status, 201, 'a token is verified by the keys at the URL');
  assert.equal((await product('mug')).body.inventory, 100);
  assert.deepEqual(await stop(), [0, null]);
});

test(
  'Cart runs by its environment alone, and is not ready before its catalog is synchronised',
  { skip },
  async (t) => {
    const { url, stop } = await run('cart', await environment('cart-product-updates-queue', t), t);
    const { add, call, openCart } = client(url);
    assert.equal((await call('GET', '/health')).status, 200);
    assert.equal((await call('GET', '/ready')).status, 503);
    const { status, headers } = await add(await openCart(), 'mug', 1);
    assert.deepEqual([status, headers.get('retry-after')], [503, '1']);
    assert.deepEqual(await stop(), [0, null]);
  },
);
