import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topology } from '@tandem/contracts/topology';
import type { Step, TraceDetail, TraceNode } from '../../../server/protocol.ts';
import { curlOf, rootRequestOf } from './curl.ts';
import { rowsOf } from './trace-rows.ts';

const event = { eventId: 'e1', eventType: 'ProductAddedToCart', traceId: 't' };
const queue = 'product-cart-events-queue';
const request: Step & { kind: 'request' } = {
  kind: 'request',
  at: 1_000,
  service: 'cart',
  method: 'POST',
  path: '/carts/guest-…/items',
  status: 200,
  durationMs: 10,
};
const published: Step = {
  kind: 'published',
  at: 1_020,
  topic: 'cart-events-topic',
  committedAt: 1_006,
  bytes: 9,
  ...event,
};
const work = (kind: 'received' | 'applied' | 'returned', at: number, attempt = 1): Step => ({
  kind,
  at,
  queue,
  attempt,
  ...event,
});
const node = (id: string, kind: TraceNode['kind'], steps: readonly Step[], parentId?: string): TraceNode => ({
  id,
  kind,
  service: kind === 'consumption' ? 'product' : 'cart',
  status: 'ok',
  startedAt: steps[0]?.at ?? 0,
  endedAt: steps.at(-1)?.at ?? 0,
  steps,
  ...(kind === 'request' ? {} : { eventId: 'e1', eventType: 'ProductAddedToCart' }),
  ...(parentId === undefined ? {} : { parentId }),
});
const traceOf = (...nodes: TraceNode[]) =>
  ({ startedAt: 1_000, durationMs: 50, nodes }) as unknown as TraceDetail;

test('each row is below its cause, with its times since the start of the trace', () => {
  const rows = rowsOf(
    traceOf(
      node('r', 'request', [request]),
      node('e', 'event', [published], 'r'),
      node('c', 'consumption', [work('received', 1_021), work('applied', 1_030)], 'e'),
      node('other', 'event', [published], 'not kept'),
    ),
    topology,
  );
  assert.deepEqual(
    rows.map(({ depth, title, detail, startMs, endMs }) => [depth, title, detail, startMs, endMs]),
    [
      [0, 'POST /carts/guest-…/items', 'Cart responded 200 after 10 ms', 0, 0],
      [1, 'ProductAddedToCart', 'committed by Cart, published 14 ms later', 20, 20],
      [2, 'Product', 'applied it in 9 ms', 21, 30],
      [0, 'ProductAddedToCart', 'committed by Cart, published 14 ms later', 20, 20],
    ],
  );
  assert.deepEqual(rows[2]?.marks, [
    { kind: 'received', atMs: 21 },
    { kind: 'applied', atMs: 30 },
  ]);
});

test('a row says how often an event was published, and what became of each attempt', () => {
  const detailOf = (kind: TraceNode['kind'], ...steps: Step[]) =>
    rowsOf(traceOf(node('n', kind, steps)), topology)[0]?.detail;
  assert.equal(detailOf('event', published, published), 'committed by Cart, published 14 ms later, 2 times');
  assert.match(detailOf('consumption', work('received', 1)) ?? '', /not applied it yet$/);
  assert.match(detailOf('consumption', work('returned', 1)) ?? '', /will try again$/);
  assert.match(
    detailOf('consumption', work('returned', 1, 5)) ?? '',
    /attempt 5 of 5: it is a dead letter now$/,
  );
  assert.match(
    detailOf('consumption', work('received', 1, 2), work('applied', 4, 2)) ?? '',
    /in 3 ms, attempt 2 of 5$/,
  );
});

test('a row says why an event could not be published', () => {
  const { bytes: _, ...rest } = published as Step & { kind: 'published' };
  const parked: Step = { ...rest, kind: 'parked', reason: 'too large' };
  const [row] = rowsOf(traceOf(node('e', 'event', [parked])), topology);
  assert.equal(row?.detail, 'committed by Cart, and cannot be published: too large');
});

test('the request that started a trace is a command without secrets', () => {
  assert.equal(rootRequestOf(traceOf(node('e', 'event', [published]))), undefined);
  const root = rootRequestOf(traceOf(node('r', 'request', [request])));
  assert.ok(root);
  assert.equal(
    curlOf(root, 'http://localhost:8080'),
    [
      '# Set CART_ID, BODY first: secrets and bodies are not recorded.',
      'curl -X POST "http://localhost:8080/carts/${CART_ID}/items" \\',
      '  -H "Content-Type: application/json" \\',
      '  -d "$BODY"',
    ].join('\n'),
  );
  assert.equal(
    curlOf(root, 'http://a', `{"note":"it's $1"}`),
    [
      '# Set CART_ID first: secrets are not recorded.',
      'curl -X POST "http://a/carts/${CART_ID}/items" \\',
      '  -H "Content-Type: application/json" \\',
      String.raw`  -d '{"note":"it'\''s $1"}'`,
    ].join('\n'),
  );
  const patch = curlOf({ ...request, method: 'PATCH', path: '/products/bell' }, 'http://a');
  assert.match(patch, /Bearer \$TOKEN/);
  const users = curlOf(
    {
      ...request,
      method: 'GET',
      path: '/carts/cart-AAAAAAAAAAAAAAAAAAAAAA',
      cartId: 'cart-AAAAAAAAAAAAAAAAAAAAAA',
    },
    'http://a',
  );
  assert.match(users, /Bearer \$TOKEN/);
  assert.equal(
    curlOf({ ...request, method: 'GET', path: '/products' }, 'http://a'),
    'curl -X GET "http://a/products"',
  );
});

test('a path is quoted for the shell', () => {
  const text = curlOf({ ...request, method: 'GET', path: '/products/a"$(id)`id`' }, 'http://a');
  assert.equal(text, 'curl -X GET "http://a/products/a%22%24(id)%60id%60"');
});
