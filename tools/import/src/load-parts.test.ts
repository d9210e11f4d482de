import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { bodyLines } from './body-lines.ts';
import { load, type LoadOptions } from './load.ts';
import type { Source } from './source.ts';

/** Source of numbered lines; those named `bad` are rejected by the system. */
function sourceOf(lines: readonly string[]): Source {
  return {
    total: lines.length,
    unit: 'products',
    bad: [],
    notes: () => [],
    format: 'NDJSON',
    async *body() {
      for (const line of lines) yield Buffer.from(`${line}\n`);
    },
    reject: (line, reason) => ({ line: 1_000 + line, reason }),
  };
}

/** Imports lines into a system that answers its requests with these statuses, then with 200; `bodies` are those by their keys. */
async function importInto(
  t: TestContext,
  statuses: readonly (number | 'closed' | 'hanging')[],
  lines: readonly string[],
  options: LoadOptions = {},
) {
  const stored: string[] = [];
  const waits: string[] = [];
  const bodies: (readonly [key: string, lines: number])[] = [];
  let requests = 0;
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const key = request.headers['idempotency-key'];
      if (key !== undefined) bodies.push([String(key), body.split('\n').length - 1]);
      const status = statuses[requests++] ?? 200;
      if (status === 'hanging') return undefined;
      if (status === 'closed') return void response.destroy();
      if (status !== 200) return void response.writeHead(status).end('{"detail":"at its capacity"}');
      const sent = body.split('\n').slice(0, -1);
      const isStored = (line: string) => line !== 'bad' && !stored.includes(line);
      const created = sent.filter(isStored).length;
      const rejected = sent.flatMap((line, i) => (line === 'bad' ? [{ line: i + 1, reason: 'bad' }] : []));
      stored.push(...sent.filter(isStored));
      const unchanged = sent.length - created - rejected.length;
      return void response.end(JSON.stringify({ created, updated: 0, unchanged, rejected }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => (server.close(), server.closeAllConnections()));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const importing = load(url, sourceOf(lines), 'token', () => undefined, {
    firstPauseMs: 1,
    onWait: (reason) => waits.push(reason),
    ...options,
  });
  return { importing, stored, waits, bodies, requests: () => requests };
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `line ${i + 1}`);

test('a system at its capacity, overloaded or being restarted gets the part again (aws F1a)', async (t) => {
  const lines = numbered(900);
  const { importing, stored, waits } = await importInto(
    t,
    [503, 200, 503, 429, 'closed', 'closed', 502],
    lines,
  );
  const { created, unchanged } = await importing;
  assert.deepEqual([created, unchanged, stored], [900, 0, lines]);
  assert.equal(waits.length, 5);
  assert.match(String(waits[0]), /responded 503: at its capacity$/);
});

test('a rejected line of any part is reported with its row of the file', async (t) => {
  const lines = numbered(900).map((line, i) => (i % 300 === 299 ? 'bad' : line));
  const { importing } = await importInto(t, [200, 503], lines);
  assert.deepEqual(
    (await importing).bad.map(({ line }) => line),
    [1_300, 1_600, 1_900],
  );
});

test('an import that gives up says how another one continues, and that one sends no line again', async (t) => {
  const lines = numbered(300);
  const outage = Array.from({ length: 100_000 }, () => 503);
  const { importing, stored } = await importInto(t, [200, ...outage], lines, { patienceMs: 200 });
  const message = /503: at its capacity\. The first 200 lines are imported: continue with --skip 200$/;
  await assert.rejects(importing, { message });
  assert.equal(stored.length, 200);
  const second = await importInto(t, [], lines, { skip: 200 });
  assert.equal((await second.importing).created, 100);
  assert.deepEqual(second.stored, lines.slice(200));
});

test('an import that gives up while it waits for a response names the failure before it', async (t) => {
  const statuses = [200, 503, ...Array.from({ length: 100 }, () => 'hanging' as const)];
  const { importing } = await importInto(t, statuses, numbered(300), { patienceMs: 300 });
  await assert.rejects(importing, { message: /503: at its capacity\. The first 200 lines are imported/ });
});

test('a part of a stock count is sent again as it was, under its key: no sale in between is undone', async (t) => {
  const lines = numbered(900);
  const statuses = [200, 503, 'closed', 504] as const;
  const { importing, bodies } = await importInto(t, statuses, lines, { isStockCount: true });
  await importing;
  const [, second] = new Set(bodies.map(([key]) => key));
  // An empty request without a key follows a closed connection: it shows whether the token is accepted.
  assert.deepEqual(
    bodies.filter(([key]) => key === second).map(([, count]) => count),
    [400, 400, 400],
  );
  assert.equal(bodies.length - 3, new Set(bodies.map(([key]) => key)).size - 1, 'each other part once');
});

test('a system that hangs is given up after the timeout of the request, and the import by the clock', async (t) => {
  const lines = numbered(300);
  const once = await importInto(t, [200, 'hanging', 'hanging'], lines, { requestTimeoutMs: 200 });
  assert.equal((await once.importing).created, 300);
  assert.match(String(once.waits[0]), /timeout/);
  const hanging = Array.from({ length: 100 }, () => 'hanging' as const);
  const { importing } = await importInto(t, [200, ...hanging], lines, {
    requestTimeoutMs: 300_000,
    patienceMs: 300,
  });
  await assert.rejects(importing, { message: /timeout\. The first 200 lines are imported/ });
});

test('an import that continues gives up as early as another one before its first line is written', async (t) => {
  const outage = Array.from({ length: 10 }, () => 503);
  const { importing, requests } = await importInto(t, outage, numbered(300), { skip: 200 });
  await assert.rejects(importing, { message: /503: at its capacity\. The first 200 lines/ });
  assert.equal(requests(), 3);
});

test('a skip beyond the end of the file is an error, and one of all its lines is not', async (t) => {
  const beyond = await importInto(t, [], numbered(300), { skip: 301 });
  await assert.rejects(beyond.importing, { message: '--skip 301: there are 300 lines to import' });
  assert.equal(beyond.requests(), 0);
  const { created, unchanged } = await (await importInto(t, [], numbered(300), { skip: 300 })).importing;
  assert.deepEqual([created, unchanged], [1, 0], 'the empty line of the last request');
});

test('an interrupted import says how another one continues', async (t) => {
  const stopping = new AbortController();
  const { importing } = await importInto(t, [200, 503], numbered(900), {
    signal: stopping.signal,
    firstPauseMs: 60_000,
    onWait: () => stopping.abort(),
  });
  await assert.rejects(importing, {
    message: 'The import was interrupted. The first 200 lines are imported: continue with --skip 200',
  });
});

test('a system that cannot be reached from the start, or rejects the import, is not waited for', async (t) => {
  for (const status of ['closed', 400, 404] as const) {
    const { importing, waits } = await importInto(t, [status, status], numbered(3));
    await assert.rejects(importing, { name: 'DomainError' });
    assert.deepEqual(waits, []);
  }
});

test('a line that is too long for the API stays too long, and is not held whole', async () => {
  const parts = ['a\nb', 'c\n', ...Array.from({ length: 100 }, () => 'x'.repeat(10_000)), '\nd'];
  const body = async function* () {
    for (const part of parts) yield Buffer.from(part);
  };
  const lines: string[] = [];
  for await (const line of bodyLines(body())) lines.push(Buffer.from(line).toString());
  assert.deepEqual([lines[0], lines[1], lines[2]?.length, lines[3]], ['a\n', 'bc\n', 65_538, 'd\n']);
});
