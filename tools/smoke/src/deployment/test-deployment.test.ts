import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { readSecret, requestToken } from './client-credentials.ts';
import { createDeploymentTest } from './test-deployment.ts';

interface Received {
  readonly path: string;
  readonly isTest: boolean;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server that responds by `respond`, and what it received. */
async function serve(t: TestContext, respond: (request: Received) => readonly [number, object?]) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { url = '', headers } = request;
      const one = { path: url, isTest: headers['x-test'] === 'secret', headers, body };
      received.push(one);
      const [status, content = {}] = respond(one);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

/** Responses of a shop that is ready, behind a load balancer. */
const ready = ({ path }: Received): readonly [number] =>
  path === '/health' ? [404] : path.startsWith('/carts') ? [401] : [200];

function open(url: string, token?: () => Promise<string>) {
  const logged: string[] = [];
  const write = (_: object, message: string) => void logged.push(message);
  const log = { info: write, warn: write, error: write };
  const options = {
    testHeader: { 'x-test': 'secret' },
    path: '/products',
    log,
    waitMs: 0,
    deadlineMs: 10_000,
  };
  return { run: createDeploymentTest({ url, ...options, token }), logged };
}

test('a deployment succeeds if both services respond to test traffic', async (t) => {
  const { url, received } = await serve(t, ready);
  assert.deepEqual(await open(url).run(), { hookStatus: 'SUCCEEDED' });
  const tested = received.filter(({ isTest }) => isTest).map(({ path }) => path);
  assert.deepEqual(tested, ['/products', '/health', '/products?limit=1', '/carts?mine=true']);
});

test('a deployment fails if its new tasks do not respond, or not as they should', async (t) => {
  for (const failing of ['/products', '/products?limit=1', '/carts?mine=true']) {
    const { url } = await serve(t, (request) =>
      request.isTest && request.path === failing ? [503] : ready(request),
    );
    const { run, logged } = open(url);
    assert.deepEqual(await run(), { hookStatus: 'FAILED' }, failing);
    assert.match(logged.at(-1) ?? '', /rolled back/);
  }
});

test('a deployment that repairs the shop, or is the first one, is tested by its own paths alone', async (t) => {
  const { url } = await serve(t, (request) => (request.path.startsWith('/carts') ? [503] : ready(request)));
  const { run, logged } = open(url, () => assert.fail('no token is needed'));
  assert.deepEqual(await run(), { hookStatus: 'SUCCEEDED' });
  assert.match(logged.at(-1) ?? '', /only the own paths/);
});

test('with a token the smoke test runs as test traffic, and its failure fails the deployment', async (t) => {
  const { url, received } = await serve(t, (request) =>
    request.headers['authorization'] === undefined ? ready(request) : [403],
  );
  const { run } = open(url, async () => 'token');
  assert.deepEqual(await run(), { hookStatus: 'FAILED' });
  const written = received.filter(({ headers }) => headers['authorization'] === 'Bearer token');
  assert.deepEqual(
    written.map(({ path, isTest }) => [path, isTest]),
    [['/products', true]],
  );
  const refused = open(url, () => Promise.reject(new Error('no token')));
  assert.deepEqual(await refused.run(), { hookStatus: 'FAILED' });
});

test('a token is requested by client credentials', async (t) => {
  const { url, received } = await serve(t, ({ body }) =>
    body.includes('client_secret=s%26') ? [200, { access_token: 'abc' }] : [401, { error: 'invalid_client' }],
  );
  const client = { tokenUrl: `${url}/token`, clientId: 'smoke', scope: 'products:write' };
  assert.equal(await requestToken(client, 's&'), 'abc');
  assert.equal(
    received[0]?.body,
    'grant_type=client_credentials&client_id=smoke&client_secret=s%26&scope=products%3Awrite',
  );
  await assert.rejects(requestToken({ ...client, audience: 'shop' }, 'wrong'), /401 invalid_client/);
});

test('a secret is read with a signature for Secrets Manager', async (t) => {
  const { url, received } = await serve(t, ({ body }) =>
    body.includes('known') ? [200, { SecretString: 's' }] : [400, { __type: 'ResourceNotFoundException' }],
  );
  const env = {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'key',
    AWS_SESSION_TOKEN: 't',
  };
  assert.equal(await readSecret('known', env, url), 's');
  const { headers } = received[0] ?? assert.fail();
  assert.equal(headers['x-amz-target'], 'secretsmanager.GetSecretValue');
  assert.match(
    String(headers['authorization']),
    /Credential=id\/\d{8}\/eu-central-1\/secretsmanager\/aws4_request/,
  );
  await assert.rejects(readSecret('other', env, url), /The secret other was not read: ResourceNotFound/);
});
