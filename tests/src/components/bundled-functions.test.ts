import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { startFakeCollector } from '@tandem/chassis/fake-collector';
import { LOCAL_AUDIENCE, LOCAL_ISSUER, localKeySet, mintToken } from '@tandem/emulators/issuer';
import { queueUrl, REGION } from '@tandem/emulators/messaging-config';
import { createStoreTable } from '@tandem/local/system/dynamodb-store';
import type { AlbResponse } from '@tandem/runtime/function/alb';
import type { SqsBatchResponse } from '@tandem/runtime/function/consume';
import { albEvent, type ClientRequest, sqsRecord } from '@tandem/runtime/function/testing';
import { startBundledFunction } from '../functions/bundled-function.ts';
import { startMessaging } from '../support/messaging.ts';

const endpoint = process.env['DYNAMODB_ENDPOINT'];
const skip = endpoint === undefined && 'bundled functions need DynamoDB Local: npm run test:dynamodb';
const QUEUE = 'cart-product-updates-queue';
const traceId = '0123456789abcdef0123456789abcdef';
const traceparent = `00-${traceId}-0123456789abcdef-01`;
const product = {
  eventType: 'ProductCreated',
  productId: 'mug',
  name: 'Mug',
  price: 1000,
  currency: 'EUR',
  inventory: 5,
  version: 1,
  updatedAt: '2026-11-24T12:00:00Z',
};

test('the bundle of Cart as functions consumes batches and serves requests', { skip }, async () => {
  const credentials = { accessKeyId: 'functions', secretAccessKey: 'local' };
  const name = 'carts-functions';
  await createStoreTable('carts', {
    name,
    client: { endpoint: String(endpoint), region: REGION, credentials },
  });
  await using messaging = await startMessaging();
  await using collector = await startFakeCollector();
  const keySet = encodeURIComponent(JSON.stringify(await localKeySet()));
  const environment = {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: String(endpoint),
    TABLE_NAME: name,
    QUEUE_URLS: queueUrl(messaging.endpoint, QUEUE),
    AUTH_ISSUER: LOCAL_ISSUER,
    AUTH_AUDIENCE: LOCAL_AUDIENCE,
    AUTH_JWKS_URL: `data:application/json,${keySet}`,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
  };
  await using bundled = await startBundledFunction('cart', messaging.endpoint, environment, {
    runsAs: 'function',
  });

  const records = [product, 'no JSON'].map((body) => sqsRecord(QUEUE, body, traceparent));
  const consumed = await bundled.invoke<SqsBatchResponse>('consume', { Records: records });
  assert.deepEqual(consumed, { batchItemFailures: [{ itemIdentifier: records[1]?.messageId }] });
  const metric = bundled.printedLines().find((line) => 'MessagesInvalid' in line);
  assert.equal(metric?.['MessagesInvalid'], 1, 'metrics are printed before the invocation returns');
  assert.deepEqual(
    collector.spans.map(({ name: span, traceId: trace }) => [span, trace]),
    Array.from({ length: 2 }, () => [`process ${QUEUE}`, traceId]),
  );

  const authorization = `Bearer ${await mintToken({ subject: 'user-1', scopes: [] })}`;
  const serve = (request: ClientRequest) =>
    bundled.invoke<AlbResponse>(
      'serve',
      albEvent({ ...request, headers: { authorization, ...request.headers } }),
    );
  const opened = await serve({ method: 'POST', target: '/carts' });
  assert.equal(opened.statusCode, 201, opened.body);
  const { cartId } = JSON.parse(opened.body) as { cartId: string };
  const added = await serve({
    method: 'POST',
    target: `/carts/${cartId}/items`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ productId: 'mug', qty: 2 }),
  });
  assert.equal(added.statusCode, 200, added.body);
  const { items } = JSON.parse(added.body) as { items: readonly object[] };
  assert.partialDeepStrictEqual(items, [{ productId: 'mug', name: 'Mug', qty: 2, priceAtAdd: 1000 }]);
  const docs = await serve({ target: '/openapi.json', headers: { 'accept-encoding': 'gzip' } });
  assert.deepEqual([docs.statusCode, docs.isBase64Encoded], [200, true]);
  assert.match(gunzipSync(Buffer.from(docs.body, 'base64')).toString(), /"Tandem Cart"/);
  assert.equal(
    (await serve({ target: '/docs/static/swagger-ui.css' })).statusCode,
    200,
    'pages of the bundle',
  );
});
