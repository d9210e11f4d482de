import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { text } from 'node:stream/consumers';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { LOCAL_AUDIENCE, LOCAL_ISSUER, localKeySet } from '@tandem/emulators/issuer';
import { columns } from './catalog.ts';
import { closedPort } from '../../../tests/src/support/closed-port.ts';

const script = join(import.meta.dirname, 'main.ts');
const sales = [
  columns.join(','),
  '1,10001,RED MUG,2,d,1.5,c,UK',
  'C2,10001,RED MUG,-1,d,1.5,c,UK',
  '3,10002,BLUE MUG,1,d,2,c,UK',
].join('\r\n');

let folder = '';
let url = '';
let received: string[] = [];
let counted = false;
let authorization: string | undefined;
let respond: (request: IncomingMessage, response: ServerResponse) => Promise<void> = importing;

/** Plays `POST /products/import`: creates what is JSON and has another id than 10002. */
async function importing(request: IncomingMessage, response: ServerResponse): Promise<void> {
  assert.match(`${request.method} ${request.url}`, /^POST \/products\/import(\?stock=count)?$/);
  counted = request.url?.endsWith('?stock=count') ?? false;
  assert.equal(request.headers['content-type'], 'application/x-ndjson');
  const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
  const { payload } = await jwtVerify(token, createLocalJWKSet(await localKeySet()), {
    issuer: LOCAL_ISSUER,
    audience: LOCAL_AUDIENCE,
  });
  assert.equal(payload['scope'], 'products:write');
  received = (await text(request)).split('\n');
  const rejected = received.flatMap((line, index) => {
    if (line === '' || (line.startsWith('{"') && !line.includes('10002'))) return [];
    return [{ line: index + 1, reason: 'not wanted' }];
  });
  const created = received.filter((line) => line !== '').length - rejected.length;
  response.end(JSON.stringify({ created, updated: 0, unchanged: 0, rejected }));
}

const server = createServer((request, response) => {
  respond(request, response).catch((error: unknown) => {
    response.writeHead(500).end(JSON.stringify({ detail: String(error) }));
  });
});

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  respond = importing;
  received = [];
});
after(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function run(
  args: readonly string[],
  env: Record<string, string> = {},
  onChild: (child: ChildProcess) => void = () => undefined,
) {
  const child = spawn(process.execPath, [script, ...args], { env: { ...process.env, ...env } });
  onChild(child);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code: Number(code), stdout, stderr };
}

test('valid rows are imported, bad ones reported with their line, and the exit code is 1', async () => {
  const { code, stdout, stderr } = await run([await file('sales.csv', sales), '--url', `${url}/`]);
  assert.equal(stdout, 'imported: 1 created, 0 updated, 0 unchanged, 2 rows skipped\n');
  assert.match(stderr, /^line 3: cancellation C2\nline 4: product 10002: not wanted\n$/m);
  assert.match(stderr, /^importing: 2 products\n/);
  assert.equal(code, 1);
  assert.deepEqual(JSON.parse(received[0] ?? ''), {
    productId: '10001',
    name: 'RED MUG',
    price: 150,
    currency: 'GBP',
    inventory: 2,
  });
});

test('the exit code is 0 with --skip-bad, or without bad rows', async () => {
  const skipping = await run(['--skip-bad', await file('sales.csv', sales), '--url', url]);
  assert.equal(skipping.code, 0);
  assert.equal(skipping.stdout, 'imported: 1 created, 0 updated, 0 unchanged, 2 rows skipped\n');
  const good = await run([await file('good.json', '[{"productId":"a"}]'), '--url', url]);
  assert.deepEqual(good, {
    code: 0,
    stdout: 'imported: 1 created, 0 updated, 0 unchanged, 0 rows skipped\n',
    stderr: 'importing: 1 products\nimporting: 100 %\n',
  });
});

test('--stock count requests a stock count', async () => {
  const path = await file('good.json', '[{"productId":"a","inventory":3}]');
  assert.equal((await run([path, '--url', url])).code, 0);
  assert.equal(counted, false);
  assert.equal((await run([path, '--url', url, '--stock', 'count'])).code, 0);
  assert.equal(counted, true);
  assert.equal((await run([path, '--url', url, '--stock', 'add'])).code, 2);
});

test('a relative path is resolved from the directory in which npm was called', async () => {
  await file('near.json', '[{"productId":"a"}]');
  const { code } = await run(['near.json', '--url', url], { INIT_CWD: folder });
  assert.equal(code, 0);
});

test('an .ndjson file is reported by its own line numbers; PORT selects the system', async () => {
  const path = await file('p.ndjson', '{"productId":"a"}\n\n{"productId":"10002"}\noops\n');
  const { code, stdout, stderr } = await run([path], { PORT: new URL(url).port });
  assert.equal(stdout, 'imported: 1 created, 0 updated, 0 unchanged, 2 rows skipped\n');
  assert.match(stderr, /^line 3: not wanted\nline 4: not wanted\n$/m);
  assert.equal(code, 1);
});

for (const status of [401, 403]) {
  test(`a ${status} during a long upload is an error of one line`, async () => {
    respond = async (_request, response) => {
      response.writeHead(status, { 'content-type': 'application/problem+json', connection: 'close' });
      response.end(JSON.stringify({ title: 'No', detail: 'unknown key' }));
    };
    const path = await file('long.ndjson', '{"productId":"a"}\n'.repeat(1_000_000));
    const { code, stdout, stderr } = await run([path, '--url', url]);
    assert.match(
      stderr,
      new RegExp(`^the system at ${url} does not accept .*\\(${status}: unknown key\\)\n$`, 'm'),
    );
    assert.deepEqual([code, stdout], [1, '']);
  });
}

test('an unexpected response, and a server that is not Tandem, are errors of one line', async () => {
  const path = await file('good.json', '[{"productId":"a"}]');
  respond = async (_request, response) => void response.writeHead(503).end('{"title":"Busy"}');
  const busy = await run([path, '--url', url]);
  assert.match(busy.stderr, /responded 503: Busy\n$/);
  respond = async (_request, response) => void response.end('<html>');
  const other = await run([path, '--url', url]);
  assert.match(other.stderr, /unexpected response to POST \/products\/import\n$/);
  respond = async (request) => void request.socket.destroy();
  const broken = await run([path, '--url', url]);
  assert.match(broken.stderr, /the connection to http:.* failed: [^\n]+\n$/);
  assert.deepEqual([busy.code, other.code, broken.code], [1, 1, 1]);
});

test('the token is that of --token, else that of TOKEN; another machine’s system needs one (import 6)', async () => {
  const path = await file('good.json', '[{"productId":"a","name":"Mug","price":1,"currency":"EUR"}]');
  respond = async (request, response) => {
    authorization = request.headers.authorization;
    response.end('{"created":1,"updated":0,"unchanged":0,"rejected":[]}');
  };
  for (const [args, env, token] of [
    [['--token', 'a.b.c'], {}, 'a.b.c'],
    [[], { TOKEN: 'd.e.f' }, 'd.e.f'],
    [['--token', 'a.b.c'], { TOKEN: 'd.e.f' }, 'a.b.c'],
  ] as const) {
    const { code, stderr } = await run([path, '--url', url, ...args], env);
    assert.deepEqual([code, authorization], [0, `Bearer ${token}`], stderr);
  }
  const elsewhere = [path, '--url', 'https://shop.example.com'];
  const { code, stdout, stderr } = await run(elsewhere, { TOKEN: '' });
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(
    stderr,
    /^https:\/\/shop\.example\.com needs a token with the scope products:write: [^\n]*TOKEN[^\n]*\n$/,
  );
  assert.equal((await run([...elsewhere, '--dry-run'], { TOKEN: '' })).code, 0);
});

test('Ctrl-C ends an import after its current part with 130, and says how it is continued', async () => {
  const path = await file('300.ndjson', '{"productId":"a"}\n'.repeat(300));
  let child: ChildProcess | undefined;
  let parts = 0;
  respond = async (request, response) => {
    parts += 1;
    child?.kill('SIGINT');
    await text(request);
    await interrupted;
    response.end('{"created":200,"updated":0,"unchanged":0,"rejected":[]}');
  };
  const { promise: interrupted, resolve: noticed } = Promise.withResolvers<void>();
  const { code, stdout, stderr } = await run([path, '--url', url], {}, (started) => {
    child = started;
    started.stderr?.on('data', (data) => /SIGINT/.test(String(data)) && noticed());
  });
  assert.match(stderr, /^SIGINT: stopping after the current part$/m);
  assert.match(
    stderr,
    /^The import was interrupted\. The first 200 lines are imported: continue with --skip 200$/m,
  );
  assert.deepEqual([code, stdout, parts], [130, '', 1]);
});

test('without a running system the error says how to start it', async (t) => {
  const port = await closedPort(t);
  const { code, stderr } = await run([await file('good.json', '[]')], { PORT: String(port) });
  assert.match(
    stderr,
    new RegExp(`no system is running at http://127.0.0.1:${port} – start it with npm start\n$`),
  );
  assert.equal(code, 1);
});

test('the exit code is 2 for a usage error, 1 for an unreadable file, 0 for --help', async () => {
  for (const args of [[], ['a.csv', 'b.csv'], ['a.csv', '--fast'], ['a.csv', '--url', 'ftp://x']]) {
    const { code, stdout, stderr } = await run(args);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^[^\n]+\n$/);
  }
  for (const path of [join(folder, 'none.csv'), script, await file('broken.json', '[')]) {
    const { code, stderr } = await run([path, '--url', url]);
    assert.equal(code, 1);
    assert.match(stderr, /^[^\n]+\n$/);
  }
  assert.equal((await run(['--help'])).code, 0);
});
