import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, before, test } from 'node:test';
import { mintToken } from '@tandem/emulators/issuer';
import { startCommand } from '../support/command.ts';
import { client } from '../support/http.ts';
import { startProxy } from './intercepting-proxy.ts';
import { spawnSystem, type SystemProcess } from '../support/process.ts';
import { closedPort } from '../support/closed-port.ts';

const STEPS = [
  'product created',
  'cart opened',
  '2 units added, once Cart has the product',
  'stock reduced by 2',
  'price changed',
  'new price visible in the cart',
  'cart deleted',
  'stock released',
];

let system: SystemProcess;
before(async () => {
  system = await spawnSystem({ EPHEMERAL: '1', SEED: '0' });
});
after(() => system[Symbol.asyncDispose]());

const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  startCommand('@tandem/smoke/main', args, { env });

/** Runs the smoke test to its end; resolves to its exit code, its output and the names of the passed steps. */
async function smoke(args: readonly string[], env?: Readonly<Record<string, string>>) {
  const exit = await start(args, env).exit;
  return { ...exit, steps: [...exit.stdout.matchAll(/^✓ (.+?) +\d+ ms$/gm)].map(([, name]) => name) };
}

async function products(): Promise<unknown> {
  return (await client(system.urls.gateway).call('GET', '/products')).body;
}

test('the smoke test passes with a token of the local issuer, and deletes all resources that it created', async () => {
  const { code, steps, stderr } = await smoke([`${system.urls.gateway}/`]);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  assert.deepEqual(steps, STEPS);
  assert.deepEqual(await products(), { items: [] });
});

test('--json prints a line for each step and one for the summary', async () => {
  const token = await mintToken({ subject: 'deployer', scopes: ['products:write'] });
  const { code, stdout } = await smoke([system.urls.gateway, '--json'], { TOKEN: token });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(code, 0);
  assert.deepEqual(
    lines.map(({ hop }) => hop),
    [...STEPS, undefined],
  );
  const { milliseconds, ...summary } = lines.at(-1) ?? {};
  assert.deepEqual(summary, { ok: true, url: system.urls.gateway, hops: 8 });
  assert.ok(
    lines.every((line) => typeof line['milliseconds'] === 'number'),
    String(milliseconds),
  );
});

test('a rejected token fails the first step without retries', async () => {
  await using balancer = await startProxy(system.urls.gateway, () => undefined);
  const { code, steps, stderr } = await smoke([balancer.url, '--token', 'wrong']);
  assert.deepEqual({ code, steps }, { code: 1, steps: [] });
  assert.match(stderr, /^failed: product created: it responded 401: [^\n]+\n$/);
  assert.deepEqual(
    balancer.arrived.map(({ method, path }) => `${method} ${path}`),
    ['GET /health', 'POST /products'],
  );
  const powerless = await mintToken({ subject: 'deployer', scopes: [] });
  const { stdout } = await smoke([system.urls.gateway, '--json', '--token', powerless]);
  const { ok, hop } = JSON.parse(stdout) as Record<string, unknown>;
  assert.deepEqual({ ok, hop }, { ok: false, hop: 'product created' });
});

test('behind a load balancer, which responds 404 at /health, the smoke test checks each service', async () => {
  const notFound = (response: ServerResponse) => void response.writeHead(404).end('<html>');
  let cart = 0;
  await using balancer = await startProxy(system.urls.gateway, ({ path }) => {
    if (path === '/health') return notFound;
    if (path.startsWith('/carts?') && cart++ === 0)
      return (response) => void response.writeHead(503, { 'content-type': 'text/html' }).end('<html>');
    return undefined;
  });
  const { code, steps, stderr } = await smoke([balancer.url]);
  assert.deepEqual({ code, steps }, { code: 0, steps: STEPS });
  assert.equal(
    stderr,
    `waiting up to 60 s: ${balancer.url}/carts?mine=true is not ready: it responded 503\n`,
  );
});

test('a shed or rate-limited request is retried after its Retry-After', async () => {
  const rejected = new Set<string>();
  const statuses = { '/products': 503, '/carts': 429 } as const;
  await using balancer = await startProxy(system.urls.gateway, ({ method, path }) => {
    const status = statuses[path as keyof typeof statuses];
    if (method !== 'POST' || status === undefined || rejected.has(path)) return undefined;
    rejected.add(path);
    return (response) => void response.writeHead(status, { 'retry-after': '1' }).end();
  });
  const { code, steps } = await smoke([balancer.url]);
  assert.deepEqual({ code, steps }, { code: 0, steps: STEPS });
  for (const wanted of Object.keys(statuses)) {
    const [first, second, ...more] = balancer.arrived.filter(
      ({ method, path }) => method === 'POST' && path === wanted,
    );
    assert.ok(first && second && more.length === 0, wanted);
    assert.ok(second.at - first.at >= 990, `${wanted}: ${second.at - first.at} ms`);
  }
});

test('a request whose response is lost is retried, and has its effect once', async () => {
  const lost = new Set<string>();
  await using balancer = await startProxy(system.urls.gateway, ({ method, path }) => {
    const request = `${method} ${path}`;
    if (path === '/health' || lost.has(request)) return undefined;
    lost.add(request);
    return 'lose';
  });
  const { code, steps, stderr } = await smoke([balancer.url]);
  assert.deepEqual({ code, steps, stderr }, { code: 0, steps: STEPS, stderr: '' });
  assert.deepEqual(await products(), { items: [] });
});

test('a step that exceeds its deadline fails, and the created resources are deleted', async () => {
  await using balancer = await startProxy(system.urls.gateway, ({ method }) =>
    method === 'PATCH' ? (response) => void response.writeHead(502).end('<html>') : undefined,
  );
  const { code, steps, stderr } = await smoke([balancer.url, '--deadline', '2s']);
  assert.deepEqual({ code, steps }, { code: 1, steps: STEPS.slice(0, 4) });
  assert.equal(stderr, 'failed: price changed: it responded 502\n');
  assert.deepEqual(await products(), { items: [] });
});

test('a resource that cannot be deleted is reported', async () => {
  await using balancer = await startProxy(system.urls.gateway, ({ method, path }) =>
    method === 'DELETE' && path.startsWith('/products')
      ? (response) => void response.writeHead(403).end('{"detail":"no"}')
      : undefined,
  );
  const { code, steps, stderr } = await smoke([balancer.url]);
  assert.deepEqual({ code, steps }, { code: 1, steps: STEPS });
  const [, path = ''] =
    /^(\/products\/story-\S+) could not be deleted \(it responded 403: no\)/.exec(stderr) ?? [];
  assert.equal((await client(system.urls.gateway).call('DELETE', path)).status, 204);
});

test('Ctrl-C stops the smoke test, and the created resources are deleted', async () => {
  let interrupt = () => {};
  let cart = '';
  await using balancer = await startProxy(system.urls.gateway, ({ method, path }) => {
    if (method === 'POST' && path.endsWith('/items')) cart = path.replace('/items', '');
    if (method !== 'PATCH') return undefined;
    interrupt();
    return (response) => void response.writeHead(503, { 'retry-after': '5' }).end();
  });
  const { exit, send } = start([balancer.url]);
  interrupt = () => {
    // From a terminal the signal comes twice: npm forwards it.
    send('SIGINT');
    send('SIGINT');
  };
  const { code, stderr } = await exit;
  assert.deepEqual(
    { code, stderr },
    { code: 130, stderr: 'SIGINT: deleting the created resources\ninterrupted\n' },
  );
  assert.deepEqual(await products(), { items: [] });
  assert.equal((await client(system.urls.gateway).cart(cart.replace('/carts/', ''))).status, 404);
});

test('an unreachable deployment is reported in one line after the deadline', async (t) => {
  const port = await closedPort(t);
  const url = `http://127.0.0.1:${port}`;
  assert.deepEqual(await start([url, '--wait', '0s']).exit, {
    code: 1,
    stdout: '',
    stderr: `${url} does not respond: ECONNREFUSED\n`,
  });
  // Long enough for a second check even if the first one is slow: without it nothing is printed.
  const { stderr } = await start([url, '--wait', '3s']).exit;
  assert.match(stderr, new RegExp(`^waiting up to 3 s: ${url} does not respond: ECONNREFUSED\n[^\n]+\n$`));
});

test('an invalid command line prints one line, and exits with 2', async () => {
  const elsewhere = 'https://shop.example.com';
  for (const [args, line] of [
    [[], /^needs exactly one URL \(see --help\)\n$/],
    [['not a url'], /^"not a url" is not an http URL \(see --help\)\n$/],
    [['ftp://localhost'], /is not an http URL \(see --help\)\n$/],
    [[system.urls.gateway, '--wait', 'long'], /^--wait "long" is not a duration/],
    [
      [elsewhere],
      /^https:\/\/shop\.example\.com needs a token with the scope products:write: [^\n]*TOKEN[^\n]*\n$/,
    ],
  ] as const) {
    const { code, stdout, stderr } = await start(args).exit;
    assert.deepEqual([code, stdout], [2, ''], stderr);
    assert.match(stderr, line);
    assert.equal(stderr.split('\n').length, 2);
  }
  assert.equal((await start(['--help']).exit).code, 0);
});
