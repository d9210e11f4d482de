/**
 * Builds and runs the image by interpreting the Dockerfile, without Docker: as the image's user, with a read-only file system,
 * and with the environment of the image and of AWS. Run by `npm run test:image`, not by `npm test`, because it installs packages.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { topology } from '@tandem/contracts/topology';
import { LOCAL_AUDIENCE, LOCAL_ISSUER, localKeySet } from '@tandem/emulators/issuer';
import { queueUrl, REGION, topicArn } from '@tandem/emulators/messaging-config';
import { startEmulator } from '@tandem/emulators/messaging';
import { createDynamoTable } from '@tandem/storage/dynamodb-table';
import { client } from '../tests/src/support/http.ts';
import { startDynamoDbLocal } from '@tandem/emulators/dynamodb-local';
import { buildImage, type Image } from './image/build.ts';
import { makeReadOnly, removeFolder, sizesOf } from './image/files.ts';
import { runImage, startCommand, userOf } from './image/run.ts';

const ROOT = join(import.meta.dirname, '..');
const MAX_BYTES = 60_000_000;
const nowhere = 'http://127.0.0.1:9';
const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
const aws = {
  AWS_REGION: REGION,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AUTH_ISSUER: LOCAL_ISSUER,
  AUTH_AUDIENCE: LOCAL_AUDIENCE,
  TOPIC_ARN: topicArn('product-events-topic'),
};
const atNowhere = {
  ...aws,
  AWS_ENDPOINT_URL: nowhere,
  TABLE_NAME: 'any',
  QUEUE_URL: queueUrl(nowhere, 'any'),
  AUTH_JWKS_URL: nowhere,
};

const dynamo = await startDynamoDbLocal();
const skip = 'missing' in dynamo && dynamo.missing;
after(() => ('missing' in dynamo ? undefined : dynamo.stop()));

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);

for (const service of ['product', 'cart'] as const) {
  describe(`the image of ${service}`, () => {
    let folder: string;
    let image: Image;

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'tandem-image-'));
      await chmod(folder, 0o755);
      image = await buildImage(ROOT, folder, { SERVICE: service });
      await makeReadOnly(image.root);
    });
    after(() => removeFolder(folder));

    it('contains the bundle and nothing else', async (t) => {
      const sizes = await sizesOf(image.root);
      const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
      t.diagnostic(`${(bytes / 1e6).toFixed(1)} MB in ${sizes.size} files, on ${image.base}`);
      assert.ok(bytes < MAX_BYTES);
      const pages = 'app/node_modules/@fastify/swagger-ui/static/';
      const strange = [...sizes.keys()].filter((path) => !/^app\/[^/]+\.mjs$/.test(path));
      assert.deepEqual(
        strange.filter((path) => !path.startsWith(pages)),
        [],
      );
      assert.deepEqual([image.user, image.env['PORT'], image.env['HOST']], ['1000', '8080', '::']);
    });

    it('limits the heap to fit into a task of 512 MB', async () => {
      const script = 'process.exit(v8.getHeapStatistics().heap_size_limit / 2 ** 20 > 384 ? 1 : 0)';
      assert.deepEqual(await once(startCommand(image, ['node', '--eval', script]), 'exit'), [0, null]);
    });

    it('starts, is healthy, serves its API documentation, writes no files, and stops with exit code 0', async (t) => {
      const before = await sizesOf(image.root);
      const { uid } = userOf(image);
      t.diagnostic(uid === undefined ? 'runs as the current user, which is not root' : `run as ${uid}`);
      await using container = await runImage(image, atNowhere);
      const hosts = ['127.0.0.1', ...(hasIpv6 ? ['[::1]'] : [])];
      for (const host of hosts) {
        const health = await fetch(`http://${host}:${container.port}/health`);
        assert.deepEqual([health.status, await health.json()], [200, { status: 'ok' }], host);
      }
      assert.equal(await container.checkHealth(), 0);

      const url = `http://127.0.0.1:${container.port}`;
      const document = (await (await fetch(`${url}/openapi.json`)).json()) as { openapi: string };
      assert.equal(document.openapi, '3.1.0');
      const page = await fetch(`${url}/docs`);
      const assets = [...(await page.text()).matchAll(/(?:href|src)="([^"]+)"/g)];
      assert.ok(assets.length >= 6, 'styles, scripts, icons');
      for (const [, path = ''] of assets) {
        const asset = await fetch(new URL(path, page.url));
        assert.equal(asset.status, 200, path);
        // Read to the end: the shutdown waits for responses in flight.
        assert.ok((await asset.bytes()).length > 0, path);
      }

      assert.deepEqual(await container.end('SIGTERM'), [0, null]);
      assert.notEqual(await container.checkHealth(), 0, 'the port is closed');
      assert.deepEqual(await sizesOf(image.root), before);
    });

    it('exits with the missing variables if nothing is configured', async () => {
      await assert.rejects(async () => {
        await using container = await runImage(image, {});
        return container.port;
      }, /did not start: Invalid configuration[^]*TABLE_NAME: is not set/);
    });

    it('serves requests on DynamoDB Local', { skip }, async (t) => {
      if ('missing' in dynamo) return;
      const { endpoint } = dynamo;
      const emulator = await startEmulator({ host: '127.0.0.1', port: 0, directory: undefined });
      const keys = createServer((_request, response) => {
        void localKeySet().then((keySet) => response.end(JSON.stringify(keySet)));
      }).listen(0, '127.0.0.1');
      await once(keys, 'listening');
      t.after(async () => {
        keys.close();
        await emulator.stop();
      });
      const { table } = topology.relays[service];
      const dynamoClient = new DynamoDBClient({ endpoint, region: REGION, credentials });
      await createDynamoTable(dynamoClient, table, topology.tables[table].indexes);
      dynamoClient.destroy();
      const [queue = ''] =
        Object.entries(topology.queues).find(([, { consumer }]) => consumer === service) ?? [];

      await using container = await runImage(image, {
        ...aws,
        AWS_ENDPOINT_URL: emulator.endpoint,
        AWS_ENDPOINT_URL_DYNAMODB: endpoint,
        TABLE_NAME: table,
        QUEUE_URL: queueUrl(emulator.endpoint, queue),
        AUTH_JWKS_URL: `http://127.0.0.1:${(keys.address() as AddressInfo).port}/`,
      });
      const { putProduct, product, openCart, cart } = client(`http://127.0.0.1:${container.port}`);
      if (service === 'product') {
        assert.equal((await putProduct('mug')).status, 201);
        assert.equal((await product('mug')).body.inventory, 100);
      } else {
        assert.equal((await cart(await openCart())).status, 200);
      }
      assert.deepEqual(await container.end('SIGTERM'), [0, null]);
    });
  });
}
