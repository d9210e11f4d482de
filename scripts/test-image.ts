/**
 * Builds the images by the Dockerfile, and runs them as AWS does: as their user, with a read-only file system, and with a task's
 * variables. Run by `npm run test:image`, not by `npm test`, because it takes an engine and minutes. A container has a network
 * of its own, or listens on 127.0.0.1.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { after, before, describe, it, test } from 'node:test';
import { type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
import { LOCAL_AUDIENCE, LOCAL_ISSUER, localKeySet, mintToken } from '@tandem/emulators/issuer';
import { queueUrl, REGION, topicArn } from '@tandem/emulators/messaging-config';
import { startEmulator } from '@tandem/emulators/messaging';
import { createStoreTable } from '@tandem/local/system/dynamodb-store';
import { client } from '../tests/src/support/http.ts';
import { startDynamoDbLocal } from '@tandem/emulators/dynamodb-local';
import {
  call,
  type Engine,
  findEngine,
  freePort,
  type Image,
  imageOf,
  runToEnd,
  start,
} from './image/container.ts';

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
  QUEUE_URLS: Object.keys(topology.queues)
    .map((queue) => queueUrl(nowhere, queue))
    .join(),
  AUTH_JWKS_URL: nowhere,
};

const dockerfile = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
const [, base = ''] = /^ARG NODE_IMAGE=(.*)$/m.exec(dockerfile) ?? [];
const engine = await findEngine();
const dynamo = await startDynamoDbLocal();
const skip = 'missing' in dynamo && dynamo.missing;
after(() => ('missing' in dynamo ? undefined : dynamo.stop()));

test('all stages are on one image, which pins the version of Node.js', () => {
  assert.match(base, /^node:\d+\.\d+\.\d+-slim@/);
  const from = dockerfile.match(/^FROM .*$/gm) ?? [];
  assert.ok(from.length > 0 && from.every((line) => /^FROM (?:--\S+ )?\$\{NODE_IMAGE\}/.test(line)));
});

if (typeof engine !== 'string') {
  test('the images', { skip: engine.missing });
} else {
  before(() => call(engine, 'pull', base));
  test('the build context contains only manifests and the sources of the services', async () => {
    const folder = join(ROOT, '.cache/image-context');
    await rm(folder, { recursive: true, force: true });
    const file = join(import.meta.dirname, 'image/context.Dockerfile');
    await call(engine, 'build', '--file', file, '--output', `type=local,dest=${folder}`, ROOT);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
    const inside = /^(?:\.npmrc|package(?:-lock)?\.json|(?:packages|services|tools\/bundle)\/.*)$/;
    const outside = /^packages\/(?:cli|emulators)\/|\/node_modules\/|\.test\.ts$/;
    const strange = files.filter((path) => !inside.test(path) || outside.test(path));
    assert.deepEqual([strange, files.includes('tools/bundle/src/main.ts')], [[], true]);
  });
  for (const service of serviceNames) describe(`the image of ${service}`, () => testImage(engine, service));
}

function testImage(engine: Engine, service: ServiceName): void {
  let image: Image;
  const runNode = (script: string) =>
    runToEnd(engine, image, { command: ['node', '--eval', script], env: atNowhere });

  before(async () => {
    const name = `tandem-${service}`;
    await call(engine, 'build', '--tag', name, '--build-arg', `SERVICE=${service}`, ROOT);
    image = await imageOf(engine, name);
  });

  it('adds the bundle to its base, and nothing else', async (t) => {
    const filesOf = async (image: Image) => {
      const command = ['find', '/', '-xdev', '!', '-type', 'd', '-printf', '%p %s\n'];
      const lines = (await runToEnd(engine, image, { command, user: '0' })).output.trim().split('\n');
      // The engine writes these for each container.
      return new Set(lines.filter((line) => !/^\/etc\/(?:hosts|hostname|resolv\.conf) /.test(line)));
    };
    const [before, now] = [await filesOf(await imageOf(engine, base)), await filesOf(image)];
    const added = [...now].filter((line) => !before.has(line));
    const bytes = added.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    t.diagnostic(`${(bytes / 1e6).toFixed(1)} MB in ${added.length} files, on ${base}`);
    assert.ok(before.size > 1000 && added.length > 0 && bytes < MAX_BYTES);
    const bundle = /^\/app\/(?:[^/]+\.mjs|node_modules\/@fastify\/swagger-ui\/static\/.*) \d+$/;
    const strange = added.filter((line) => !bundle.test(line));
    assert.deepEqual([strange, [...before].filter((line) => !now.has(line))], [[], []]);
  });

  it('needs no shell, and is configured for a task', () => {
    const { User, Env, Cmd, Healthcheck } = image;
    assert.deepEqual([User, Cmd[0], Healthcheck?.Test.slice(0, 2)], ['1000', 'node', ['CMD', 'node']]);
    for (const variable of ['PORT=8080', 'HOST=::']) assert.ok(Env.includes(variable), variable);
  });

  it('runs as user 1000, and writes nowhere', async () => {
    const write = `try { fs.writeFileSync('x', ''); } catch ({ code }) { console.log(process.getuid(), code); }`;
    assert.match((await runNode(write)).output, /^1000 EROFS$/m);
  });

  it('limits the heap to fit into a task of 512 MB', async () => {
    const script = 'process.exit(v8.getHeapStatistics().heap_size_limit / 2 ** 20 > 384 ? 1 : 0)';
    assert.equal((await runNode(script)).code, 0);
  });

  it('listens on IPv4 and IPv6', async () => {
    const script = `
      const health = (host) => fetch('http://' + host + ':8080/health').then(
        (response) => response.text(),
        () => new Promise((resolve) => setTimeout(resolve, 50)).then(() => health(host)),
      );
      const hasIpv6 = Object.values(os.networkInterfaces()).flat().some(({ address }) => address === '::1');
      Promise.all((hasIpv6 ? ['127.0.0.1', '[::1]'] : ['127.0.0.1']).map(health)).then((all) => {
        console.log(new Set(all));
        process.kill(process.pid, 'SIGTERM');
      });
      setTimeout(() => process.exit(1), 60_000).unref();
      import('/app/main.mjs');`;
    const { code, output } = await runNode(script);
    assert.deepEqual([code, /^Set.*$/m.exec(output)?.[0]], [0, `Set(1) { '{"status":"ok"}' }`], output);
  });

  it('starts, is healthy, serves its API documentation, and stops with exit code 0', async () => {
    const env = { ...atNowhere, HOST: '127.0.0.1', PORT: await freePort() };
    const command = image.Healthcheck?.Test.slice(1) ?? [];
    const healthOf = async () => (await runToEnd(engine, image, { command, env, network: 'host' })).code;
    await using container = await start(engine, image, { env, network: 'host' });
    const url = `http://127.0.0.1:${env.PORT}`;
    const health = await fetch(`${url}/health`);
    assert.deepEqual([health.status, await health.json()], [200, { status: 'ok' }]);
    assert.equal(await healthOf(), 0);

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
    assert.deepEqual(await container.stop(), [0, null]);
    assert.equal(await healthOf(), 1, 'the port is closed');
  });

  it('exits with the missing variables if nothing is configured', async () => {
    const { code, output } = await runToEnd(engine, image, {});
    assert.notEqual(code, 0);
    assert.match(output, /^Invalid configuration[^]*TABLE_NAME: is not set/);
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
    const { table, queues } = topology.services[service];
    if (table) {
      const location = { endpoint, region: REGION, credentials };
      await createStoreTable(table, { name: table, client: location });
    }

    const env = {
      ...aws,
      HOST: '127.0.0.1',
      PORT: await freePort(),
      AWS_ENDPOINT_URL: emulator.endpoint,
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      ...(table && { TABLE_NAME: table }),
      QUEUE_URLS: queues.map((queue) => queueUrl(emulator.endpoint, queue)).join(),
      AUTH_JWKS_URL: `http://127.0.0.1:${(keys.address() as AddressInfo).port}/`,
    };
    await using container = await start(engine, image, { network: 'host', env });
    const { putProduct, product, openCart, cart } = client(`http://127.0.0.1:${env.PORT}`);
    if (service === 'product') {
      assert.equal((await putProduct('mug')).status, 201);
      assert.equal((await product('mug')).body.inventory, 100);
    } else if (service === 'cart') {
      assert.equal((await cart(await openCart())).status, 200);
    } else {
      const token = await mintToken({ subject: 'operator', scopes: ['analytics:read'] });
      const headers = { Authorization: `Bearer ${token}` };
      assert.equal((await fetch(`http://127.0.0.1:${env.PORT}/analytics/products`, { headers })).status, 200);
    }
    assert.deepEqual(await container.stop(), [0, null]);
  });
}
