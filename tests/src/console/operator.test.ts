import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import type { About, DeadLetterQueue, DeadLetterMessage, Redriven } from '@tandem/console/protocol';
import { topology } from '@tandem/contracts/topology';
import { mintToken } from '@tandem/emulators/issuer';
import { client } from '../support/http.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';
import { listen, operator } from './listen.ts';

const QUEUE = 'cart-product-updates-queue';
const DLQ = 'cart-product-updates-dlq';
const fault = { fault: 'consumerPaused', service: 'cart', isOn: true };

const calls: readonly [method: string, path: string, body?: object][] = [
  ['GET', '/events/any'],
  ['POST', '/faults', fault],
  ['POST', '/kill', { service: 'cart' }],
  ['POST', '/poison', { queue: QUEUE }],
  ['GET', '/dead-letters'],
  ['GET', `/dead-letters/${DLQ}`],
  ['POST', `/dead-letters/${DLQ}/redrive`, {}],
  ['POST', `/dead-letters/${DLQ}/discard`, { why: 'test', isAll: true }],
  ['GET', '/dead-letter-messages'],
  ['POST', '/events/any/republish', {}],
];

test('operator routes reject every token without the operator scope', () =>
  withSystem(async ({ urls: { gateway } }) => {
    const { call } = client(gateway);
    const { body: signedIn } = await call<{ token: string }>('POST', '/console/sign-in', {
      body: { user: 'bob' },
    });
    const withoutScope = await mintToken({ subject: 'test', scopes: ['products:write'] });
    for (const [method, path, body] of calls) {
      const statuses = [];
      for (const token of [false, 'x.y.z', signedIn.token, withoutScope] as const) {
        const answer = await call(method, `/console${path}`, { token, ...(body && { body }) });
        assert.equal(answer.headers.get('content-type'), 'application/problem+json');
        statuses.push(answer.status);
      }
      assert.deepEqual(statuses, [401, 401, 403, 403], path);
    }
    await using stream = await listen(gateway);
    assert.deepEqual((await stream.untilState(() => true)).faults, []);
  }));

test('invalid input is rejected with 400, and a body that is not JSON with 415', () =>
  withSystem(async ({ urls: { gateway } }) => {
    const { request, post } = operator(gateway);
    for (const [path, body] of [
      ['/faults', { ...fault, fault: 'rain' }],
      ['/faults', { ...fault, service: 'shop' }],
      ['/faults', { ...fault, isOn: 'yes' }],
      ['/faults', { ...fault, more: 1 }],
      ['/kill', {}],
      ['/poison', { queue: DLQ }],
      ['/sign-in', { user: 'mallory' }],
      [`/dead-letters/${DLQ}/redrive`, { only: '' }],
      [`/dead-letters/${DLQ}/redrive`, { body: '{}' }],
      [`/dead-letters/${DLQ}/discard`, { isAll: true }],
      [`/dead-letters/${DLQ}/discard`, { why: ' ', isAll: true }],
      [`/dead-letters/${DLQ}/discard`, { why: 'test' }],
      [`/dead-letters/${DLQ}/discard`, { why: 'test', filter: {} }],
      [`/dead-letters/${DLQ}/discard`, { why: 'test', isAll: true, filter: { type: 'X' } }],
    ] as const) {
      const answer = await post(path, body);
      assert.deepEqual([answer.status, answer.body['type']], [400, 'urn:tandem:problem:invalid-input'], path);
    }
    assert.equal((await request('GET', '/dead-letters/none')).status, 404);
    assert.equal((await request('GET', '/nothing')).status, 404);
    assert.equal((await request('DELETE', '/faults')).status, 405);
    const { call } = client(gateway);
    const headers = { 'content-type': 'text/plain' };
    assert.equal((await call('POST', '/console/sign-in', { body: '{"user":"bob"}', headers })).status, 415);
  }));

test('the console rejects Host headers that are not names of this machine', () =>
  withSystem(async ({ urls: { gateway } }) => {
    const statusOf = async (host: string) => {
      const [answer] = (await once(get(`${gateway}/console/about`, { headers: { host } }), 'response')) as [
        IncomingMessage,
      ];
      answer.resume();
      return answer.statusCode;
    };
    for (const host of ['localhost:8080', 'tandem.localhost', '127.0.0.1', '[::1]:8080'])
      assert.equal(await statusOf(host), 200, host);
    for (const host of ['evil.example', 'localhost.evil.example:8080', '127.0.0.1.evil.example'])
      assert.equal(await statusOf(host), 403, host);
  }));

test('a demo user signs in and has their own cart', () =>
  withSystem(async ({ urls }) => {
    const { call } = client(urls.gateway);
    const { body: about } = await call<About>('GET', '/console/about');
    assert.deepEqual(about, { urls, mode: 'oneProcess', demoUsers: ['alice', 'bob'], traceUrl: null });
    const { body } = await call<{ token: string }>('POST', '/console/sign-in', { body: { user: 'alice' } });
    const cart = await call('POST', '/carts', { token: body.token });
    assert.equal(cart.body['userId'], 'alice');
    const product = { name: 'Mug', price: 1, currency: 'EUR', inventory: 1 };
    assert.equal((await call('PUT', '/products/mug', { token: body.token, body: product })).status, 403);
  }));

test('with an OTLP endpoint, the console links to the traces of its backend', async () => {
  const TRACE_URL_TEMPLATE = 'http://localhost:16686/trace/{traceId}';
  const traceUrlWith = async (environment: Record<string, string>) => {
    let traceUrl: About['traceUrl'] | undefined;
    await withSystem(async ({ urls: { gateway } }) => {
      ({ traceUrl } = (await client(gateway).call<About>('GET', '/console/about')).body);
    }, environment);
    return traceUrl;
  };
  const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://127.0.0.1:9';
  const both = { OTEL_EXPORTER_OTLP_ENDPOINT, TRACE_URL_TEMPLATE };
  assert.equal(await traceUrlWith(both), TRACE_URL_TEMPLATE);
  assert.equal(await traceUrlWith({ TRACE_URL_TEMPLATE }), null);
  for (const invalid of ['localhost/{traceId}', 'http://localhost/trace', 'javascript:alert(1)//{traceId}'])
    await assert.rejects(traceUrlWith({ TRACE_URL_TEMPLATE: invalid }), /TRACE_URL_TEMPLATE: is not an http/);
});

test('a poison message is dead-lettered within seconds with a reason, and only a forced redrive sends it', () =>
  withSystem(async ({ urls: { gateway } }) => {
    const { request, post } = operator(gateway);
    await using stream = await listen(gateway);
    const { status, body } = await post('/poison', { queue: QUEUE });
    assert.equal(status, 202);
    const fetchMessages = () => request<DeadLetterMessage[]>('GET', `/dead-letters/${DLQ}`);
    await stream.untilState(({ deadLetters }) => deadLetters[DLQ] === 1);
    const {
      body: [message],
    } = await fetchMessages();
    assert.partialDeepStrictEqual(message, {
      messageId: body['messageId'] as string,
      eventId: body['eventId'] as string,
      eventType: topology.subscriptions.find(({ queue }) => queue === QUEUE)?.eventTypes[0] ?? '',
      isAcceptable: false,
    } satisfies Partial<DeadLetterMessage>);
    assert.match(message?.reason ?? '', /\/schemaVersion/);
    for (const { body } of await Promise.all([fetchMessages(), fetchMessages(), fetchMessages()]))
      assert.equal(body.length, 1, 'concurrent reads all see the message');
    const returned = stream.steps.flatMap((step) => (step.kind === 'returned' ? [step] : []));
    assert.deepEqual(
      returned.map(({ attempt }) => attempt),
      [1, 2, 3, 4, 5],
    );
    const tookMs = (returned[4]?.at ?? 0) - (returned[0]?.at ?? 0);
    assert.ok(tookMs > 3_500 && tookMs < 8_000, `slow enough to watch: ${tookMs} ms`);
    const { body: queues } = await request<DeadLetterQueue[]>('GET', '/dead-letters');
    assert.deepEqual(
      queues.filter(({ visible }) => visible > 0),
      [
        {
          queue: DLQ,
          kind: 'givenUp',
          what: 'dead-lettered by cart, or not delivered to it',
          destination: QUEUE,
          visible: 1,
          inFlight: 0,
        },
      ],
    );

    const { messageId = '', reason } = message ?? {};
    const rejected = await post<Redriven>(`/dead-letters/${DLQ}/redrive`, {});
    assert.deepEqual(rejected.body, { sent: 0, left: 1, reasons: { [messageId]: reason ?? '' } });
    const forced = await post<Redriven>(`/dead-letters/${DLQ}/redrive`, { only: messageId, isForced: true });
    assert.deepEqual(forced.body, { sent: 1, left: 0, reasons: {} });
    await until(fetchMessages, ({ body: [again] }) => again?.messageId !== messageId);
  }));
