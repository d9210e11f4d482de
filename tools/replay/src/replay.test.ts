import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json, text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import { columns, type Sale } from '@tandem/import/catalog';
import { replay, type ReplayProgress } from './replay.ts';

interface Line {
  readonly productId: string;
  qty: number;
  hold: 'held' | 'pending' | 'none';
}

/** Faults of the stub. `onAdd` runs before an add and may replace its response, `afterAdd` runs after it. */
interface Faults {
  readonly onAdd?: (attempt: number, response: ServerResponse) => boolean;
  readonly afterAdd?: (attempt: number, request: IncomingMessage) => boolean;
  /** Units that vanish from the stock on hand with every hold. */
  readonly lost?: number;
}

/** Stub of both services: each read of the stock holds one add, with a delay as events have it. */
async function startStub(t: TestContext, onHand: Record<string, number>, faults: Faults = {}) {
  const held: Record<string, number> = {};
  const carts = new Map<string, Line[]>();
  const pending: { line: Line; qty: number }[] = [];
  const done = new Map<string, unknown>();
  let adds = 0;

  const reserve = () => {
    const next = pending.shift();
    if (next === undefined) return;
    const { line, qty } = next;
    const { productId } = line;
    const heldThen = (held[productId] ?? 0) + qty;
    if (heldThen > (onHand[productId] ?? 0)) line.hold = 'none';
    else {
      held[productId] = heldThen;
      onHand[productId] = (onHand[productId] ?? 0) - (faults.lost ?? 0);
      if (!pending.some((other) => other.line === line)) line.hold = 'held';
    }
  };

  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://stub');
    const send = (status: number, body: unknown) => {
      response.writeHead(status).end(JSON.stringify(body));
    };
    const [, root, cartId = ''] = pathname.split('/');
    const cart = () => ({ cartId, items: carts.get(cartId) ?? [] });

    if (root === 'products') {
      reserve();
      const ids = searchParams.get('ids')?.split(',') ?? [];
      assert.ok(ids.length <= 100);
      const items = ids.flatMap((id) =>
        id in onHand ? [{ productId: id, onHand: onHand[id], held: held[id] ?? 0 }] : [],
      );
      send(200, { items });
      return;
    }
    if (request.method === 'GET') {
      send(200, cart());
      return;
    }
    const body = (await json(request)) as { productId: string; qty: number };
    if (cartId === '') {
      const opened = { cartId: `cart-${carts.size}`, items: [] };
      carts.set(opened.cartId, []);
      send(201, opened);
      return;
    }
    adds += 1;
    if (faults.onAdd?.(adds, response)) return;
    const key = String(request.headers['idempotency-key']);
    if (!done.has(key)) {
      const items = cart().items;
      const line = items.find(({ productId }) => productId === body.productId);
      if (line === undefined) items.push({ ...body, hold: 'pending' });
      else Object.assign(line, { qty: line.qty + body.qty, hold: 'pending' });
      const target = line ?? items.at(-1);
      assert.ok(target);
      pending.push({ line: target, qty: body.qty });
      done.set(key, cart());
    }
    if (faults.afterAdd?.(adds, request)) return;
    send(200, done.get(key));
  };

  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, onHand, held, carts };
}

function sales(...rows: [invoice: string, productId: string, quantity: number][]): Sale[] {
  return rows.map(([invoice, productId, quantity], index) => ({
    line: index + 2,
    price: 100,
    invoice,
    productId,
    quantity,
  }));
}

test('each row is an add, and the replay waits until stock and carts are consistent', async (t) => {
  const { url, onHand, held, carts } = await startStub(t, { A: 1500, B: 5, C: 7 });
  const progress: ReplayProgress[] = [];
  const report = await replay(url, sales(['1', 'A', 1200], ['1', 'B', 2], ['2', 'A', 300], ['2', 'B', 3]), {
    onProgress: (now) => progress.push(now),
  });
  assert.deepEqual(onHand, { A: 1500, B: 5, C: 7 });
  assert.deepEqual(held, { A: 1500, B: 5 });
  assert.equal(carts.size, 3);
  const { fillMs, settleMs, ...counts } = report;
  assert.deepEqual(counts, {
    invoices: 2,
    carts: 3,
    lines: 5,
    units: 1505,
    responses: new Map([
      [201, 3],
      [200, 5],
    ]),
    products: 2,
    missing: [],
    differences: [],
  });
  assert.ok(fillMs > 0 && settleMs > 0);
  assert.deepEqual(
    progress.filter(({ done, total }) => done === total).map(({ phase }) => phase),
    ['invoices', 'products'],
  );
});

test('a line with a rejected hold counts no held units', async (t) => {
  const { url, held } = await startStub(t, { A: 5 });
  const report = await replay(url, sales(['1', 'A', 3], ['2', 'A', 3]));
  assert.deepEqual(report.differences, []);
  assert.deepEqual([held['A'], report.lines, report.units], [3, 2, 6]);
});

test('products with inconsistent stock are reported after the deadline', async (t) => {
  const { url } = await startStub(t, { A: 50, B: 5 }, { lost: 1 });
  const report = await replay(url, sales(['1', 'A', 3], ['2', 'B', 5]), { settleMs: 500 });
  assert.ok(report.differences.length > 0);
  for (const { before, now } of report.differences) assert.notEqual(before.onHand, now?.onHand);
});

test('busy, not yet known and failed requests are retried and counted once', async (t) => {
  const { url, held } = await startStub(
    t,
    { A: 9 },
    {
      onAdd: (attempt, response) => {
        if (attempt === 1) response.writeHead(503, { 'retry-after': '0' }).end();
        if (attempt === 2) response.writeHead(404).end();
        return attempt <= 2;
      },
      afterAdd: (attempt, request) => {
        if (attempt === 3) request.socket.destroy();
        return attempt === 3;
      },
    },
  );
  const report = await replay(url, sales(['1', 'A', 4]));
  assert.deepEqual([held['A'], report.lines, report.differences], [4, 1, []]);
  assert.deepEqual(
    report.responses,
    new Map([
      [201, 1],
      [503, 1],
      [404, 1],
      [200, 1],
    ]),
  );
});

test('rejected adds are counted, and the replay continues', async (t) => {
  const { url, held } = await startStub(
    t,
    { A: 9 },
    { onAdd: (attempt, response) => attempt === 1 && response.writeHead(409).end().writableEnded },
  );
  const report = await replay(url, sales(['1', 'A', 4], ['1', 'A', 2]));
  assert.deepEqual([held['A'], report.lines, report.units, report.responses.get(409)], [2, 1, 2, 1]);
});

test('the number of invoices in flight is limited', async (t) => {
  const stock = Object.fromEntries(Array.from({ length: 130 }, (_, index) => [`P${index}`, 1]));
  let [open, most] = [0, 0];
  const { url } = await startStub(t, stock, {
    onAdd: (_attempt, response) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        response.writeHead(409).end();
      }, 5);
      return true;
    },
  });
  const rows = Object.keys(stock).map((id): [string, string, number] => [id, id, 1]);
  const report = await replay(url, sales(...rows), { concurrency: 3 });
  assert.deepEqual([report.carts, report.products, report.responses.get(409)], [130, 130, 130]);
  assert.equal(most, 3);
});

test('unknown products are skipped; if all are unknown the replay fails', async (t) => {
  const { url, held } = await startStub(t, { A: 9 });
  const report = await replay(url, sales(['1', 'A', 4], ['1', 'B', 2]));
  assert.deepEqual([held['A'], report.missing, report.products], [4, ['B'], 1]);
  await assert.rejects(
    replay(url, sales(['1', 'B', 2])),
    (error) => error instanceof DomainError && /import them first/.test(error.message),
  );
});

test('npm run replay prints a summary and exits with the result of the check', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'replay-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'sales.csv');
  await writeFile(file, `${columns.join(',')}\n1,10001,MUG,2,d,1.5,c,UK\nC1,10001,MUG,-2,d,1.5,c,UK\n`);
  const script = join(import.meta.dirname, 'main.ts');
  const run = async (...args: string[]) => {
    const child = spawn(process.execPath, [script, ...args]);
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { code: Number(code), stdout, stderr };
  };

  const good = await startStub(t, { 10001: 2 });
  const { code, stdout } = await run(file, '--url', good.url);
  assert.match(stdout, /^carts {6}1 for 1 invoices\nlines {6}1 \(1 bad rows skipped\)\nunits {6}2\n/);
  assert.match(stdout, /responses {2}1 × 200, 1 × 201\n/);
  assert.match(stdout, /stock {6}ok: stock and carts of 1 products/);
  assert.equal(code, 0);

  const usage = await run(file, file);
  assert.deepEqual([usage.code, usage.stdout], [2, '']);
  const { url } = good;
  await rm(file);
  const missing = await run(file, '--url', url);
  assert.deepEqual([missing.code, missing.stderr], [1, `file ${file} does not exist\n`]);
});
