import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { DomainError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { createMetrics } from '../metrics.ts';
import { createSampleApp } from './testing.ts';

interface Call {
  readonly url?: string;
  /** The subject of the token; `forged` is rejected. */
  readonly token?: string;
  readonly from?: string;
  readonly forwarded?: string;
}

/** An app with these limits, with a mocked clock. */
async function limitedApp(t: TestContext, limits: Limits) {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
  const metrics = createMetrics();
  let verifications = 0;
  const { app } = await createSampleApp({
    limits,
    metrics,
    auth: {
      async authenticate(authorization) {
        if (authorization === undefined) return undefined;
        verifications += 1;
        if (authorization === 'forged') throw new DomainError('unauthenticated', 'invalid-token', 'no');
        return { subject: authorization, scopes: new Set() };
      },
    },
  });
  const call = ({ url = '/things/a', token, from = '192.0.2.1', forwarded }: Call = {}) =>
    app.inject({
      url,
      remoteAddress: from,
      headers: {
        ...(token ? { authorization: token } : {}),
        ...(forwarded ? { 'x-forwarded-for': forwarded } : {}),
      },
    });
  const statuses = async (calls: readonly Call[]) => {
    const codes: number[] = [];
    for (const options of calls) codes.push((await call(options)).statusCode);
    return codes;
  };
  return {
    call,
    statuses,
    counts: () => metrics.counts(),
    verifications: () => verifications,
    timers: t.mock.timers,
  };
}

const times = (count: number, call: Call = {}) => Array.from({ length: count }, () => call);

test('responses state the remaining requests; beyond the limit they are 429 until the second is over', async (t) => {
  const { call, counts, timers } = await limitedApp(t, { requestsPerSecond: 2 });
  const first = await call();
  assert.equal(first.statusCode, 200);
  const limitHeaders = ({ headers }: typeof first) =>
    ['limit', 'remaining', 'reset'].map((name) => headers[`ratelimit-${name}`]);
  assert.deepEqual(limitHeaders(first), [2, 1, 1].map(String));
  assert.deepEqual(limitHeaders(await call()), [2, 0, 1].map(String));

  const rejected = await call();
  assert.equal(rejected.statusCode, 429);
  assert.equal(rejected.headers['content-type'], 'application/problem+json');
  assert.equal(rejected.json<{ type: string }>().type, 'urn:tandem:problem:too-many-requests');
  assert.deepEqual([...limitHeaders(rejected), rejected.headers['retry-after']], ['2', '0', '1', '1']);
  assert.deepEqual(counts(), { RequestsRateLimited: 1 });

  timers.tick(999);
  assert.equal((await call()).statusCode, 429);
  timers.tick(1);
  assert.equal((await call()).statusCode, 200);
});

test('each address has its own limit; the addresses of an IPv6 subscriber share one', async (t) => {
  const { statuses } = await limitedApp(t, { requestsPerSecond: 1 });
  const addresses = ['192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8::2', '2001:db8:0:1::1', '192.0.2.1'];
  assert.deepEqual(await statuses(addresses.map((from) => ({ from }))), [200, 200, 200, 429, 200, 429]);
});

test('a user has one limit at all addresses, independent of other clients at the same address', async (t) => {
  const { statuses } = await limitedApp(t, { requestsPerSecond: 1 });
  assert.deepEqual(await statuses(times(2)), [200, 429]);
  assert.deepEqual(await statuses(times(2, { token: 'ann' })), [200, 429]);
  assert.deepEqual(await statuses([{ token: 'ann', from: '192.0.2.9' }, { token: 'bob' }]), [429, 200]);
});

test('a flood of invalid tokens is rate-limited without verification, and does not affect clients without a token', async (t) => {
  const { statuses, verifications } = await limitedApp(t, { requestsPerSecond: 2 });
  assert.deepEqual(await statuses(times(5, { token: 'forged' })), [401, 401, 429, 429, 429]);
  assert.equal(verifications(), 2);
  assert.deepEqual(await statuses([{}, { token: 'ann', from: '192.0.2.9' }]), [200, 200]);
});

test('requests to unknown paths count, those to system routes do not', async (t) => {
  const { statuses } = await limitedApp(t, { requestsPerSecond: 1 });
  assert.deepEqual(await statuses(times(2, { url: '/nothing' })), [404, 429]);
  for (const url of ['/health', '/ready', '/openapi.json', '/docs']) {
    assert.deepEqual(await statuses(times(3, { url })), [200, 200, 200], url);
  }
});

test('a client cannot forge its address, with or without a proxy', async (t) => {
  const direct = await limitedApp(t, { requestsPerSecond: 1 });
  const forged = ['198.51.100.1', '198.51.100.2', '198.51.100.3'];
  assert.deepEqual(await direct.statuses(forged.map((forwarded) => ({ forwarded }))), [200, 429, 429]);

  t.mock.timers.reset();
  const behindProxy = await limitedApp(t, { requestsPerSecond: 1, proxyHops: 1 });
  const callsOf = (client: string) => forged.map((forwarded) => ({ forwarded: `${forwarded}, ${client}` }));
  assert.deepEqual(await behindProxy.statuses(callsOf('203.0.113.7')), [200, 429, 429]);
  assert.deepEqual(await behindProxy.statuses(callsOf('203.0.113.8')), [200, 429, 429]);
});

test('without a rate limit there are no headers and no rejections', async () => {
  const { app } = await createSampleApp();
  for (let calls = 0; calls < 20; calls++) {
    const { statusCode, headers } = await app.inject('/things/a');
    assert.deepEqual([statusCode, headers['ratelimit-limit']], [200, undefined]);
  }
});
