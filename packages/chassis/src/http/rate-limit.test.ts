import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { z } from 'zod';
import { DomainError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { createMetrics } from '../metrics.ts';
import { createSampleApp } from './testing.ts';

interface Call {
  readonly method?: 'GET' | 'HEAD' | 'POST';
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
  const call = ({ method = 'GET', url = '/things/a', token, from = '192.0.2.1', forwarded }: Call = {}) =>
    app.inject({
      method,
      url,
      remoteAddress: from,
      headers: {
        ...(token ? { authorization: token } : {}),
        ...(forwarded ? { 'x-forwarded-for': forwarded } : {}),
      },
    });
  /** A route whose requests create something, and cost what the query says once they are handled. */
  app.post(
    '/creations',
    {
      schema: { querystring: z.object({ further: z.coerce.number() }) },
      config: { cost: { budget: 'create', units: 20 } },
    },
    async ({ charge, query }) => {
      charge(query.further);
      return {};
    },
  );
  app.get('/busy', {}, async ({ charge }) => {
    charge(49);
    throw new DomainError('unavailable', 'busy', 'Retry.', { details: { retryAfterSeconds: 1 } });
  });
  app.get(
    '/lines/:count',
    { schema: { params: z.object({ count: z.coerce.number() }) } },
    async ({ charge, params }) => {
      charge(params.count);
      return {};
    },
  );
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

test('a client may send a burst of two seconds; beyond it responses are 429 until the bucket has refilled', async (t) => {
  const { call, counts, timers } = await limitedApp(t, { unitsPerSecond: 2 });
  const first = await call();
  assert.equal(first.statusCode, 200);
  const limitHeaders = ({ headers }: typeof first) =>
    ['limit', 'remaining', 'reset'].map((name) => headers[`ratelimit-${name}`]);
  assert.deepEqual(limitHeaders(first), [4, 3, 1].map(String));
  await call();
  assert.deepEqual(limitHeaders(await call()), [4, 1, 2].map(String));
  await call();

  const rejected = await call();
  assert.equal(rejected.statusCode, 429);
  assert.equal(rejected.headers['content-type'], 'application/problem+json');
  assert.equal(rejected.json<{ type: string }>().type, 'urn:tandem:problem:too-many-requests');
  assert.deepEqual([...limitHeaders(rejected), rejected.headers['retry-after']], ['4', '0', '2', '1']);
  assert.deepEqual(counts(), { RequestsRateLimited: 1 });

  timers.tick(499);
  assert.equal((await call()).statusCode, 429);
  timers.tick(1);
  assert.equal((await call()).statusCode, 200);
  assert.equal((await call()).statusCode, 429);
});

test('a write costs five reads, from a budget of its own (security 2)', async (t) => {
  const { statuses, timers } = await limitedApp(t, { unitsPerSecond: 5 });
  const write: Call = { method: 'POST', url: '/things' };
  assert.deepEqual(await statuses(times(3, write)), [200, 200, 429]);
  assert.deepEqual(await statuses(times(11)), [...Array.from({ length: 10 }, () => 200), 429]);
  assert.equal((await statuses([{ method: 'HEAD' }]))[0], 429);
  timers.tick(1_000);
  assert.deepEqual(await statuses(times(2, write)), [200, 429]);
});

test('a write is possible at any limit: one that costs more than a burst waits for a full bucket, and is paid off', async (t) => {
  const { call, statuses, timers } = await limitedApp(t, { unitsPerSecond: 1 });
  const write: Call = { method: 'POST', url: '/things' };
  assert.deepEqual(await statuses([write, write]), [200, 429]);
  assert.equal((await call(write)).headers['retry-after'], '5');
  timers.tick(5_000);
  assert.deepEqual(await statuses([write, write]), [200, 429]);
});

test('new resources have a limit of their own: some at once, then one in four seconds (security 2)', async (t) => {
  const { statuses, timers } = await limitedApp(t, { unitsPerSecond: 5 });
  const create: Call = { method: 'POST', url: '/creations?further=0' };
  assert.deepEqual(await statuses(times(11, create)), [...Array.from({ length: 10 }, () => 200), 429]);
  assert.deepEqual(await statuses([{ method: 'POST', url: '/things' }, {}]), [200, 200]);
  timers.tick(4_000);
  assert.deepEqual(await statuses(times(2, create)), [200, 429]);
});

test('a request is charged for what it returned, and delays the next one by a minute at most (security 2)', async (t) => {
  const { call, statuses, timers } = await limitedApp(t, { unitsPerSecond: 5 });
  const large = await call({ url: '/lines/29' });
  assert.deepEqual([large.statusCode, large.headers['ratelimit-remaining']], [200, '0']);
  const rejected = await call();
  assert.deepEqual([rejected.statusCode, rejected.headers['retry-after']], [429, '5']);
  timers.tick(4_199);
  assert.equal((await call()).statusCode, 429);
  timers.tick(1);
  assert.deepEqual(await statuses([{ url: '/lines/1000000' }, {}]), [200, 429]);
  timers.tick(60_000);
  assert.equal((await call()).statusCode, 429);
  timers.tick(200);
  assert.equal((await call()).statusCode, 200);
});

test('Retry-After of an unavailable service includes the time until the rate limit allows the retry', async (t) => {
  const { call, timers } = await limitedApp(t, { unitsPerSecond: 5 });
  const { headers } = await call({ url: '/busy' });
  assert.equal(headers['retry-after'], '9');
  timers.tick(8_100);
  assert.equal((await call({ url: '/busy' })).statusCode, 429);
  timers.tick(900);
  assert.equal((await call({ url: '/busy' })).statusCode, 503);
});

test('each address has its own limit; the addresses of an IPv6 subscriber share one', async (t) => {
  const { statuses } = await limitedApp(t, { unitsPerSecond: 0.5 });
  const addresses = [
    '192.0.2.1',
    '192.0.2.2',
    '2001:db8::1',
    '2001:DB8:0:0:ffff::2',
    '2001:db8:0:1::1',
    '192.0.2.1',
    '::ffff:192.0.2.1',
    '::ffff:192.0.2.3',
  ];
  assert.deepEqual(
    await statuses(addresses.map((from) => ({ from }))),
    [200, 200, 200, 429, 200, 429, 429, 200],
  );
});

test('the subscribers of an IPv6 site share a higher limit (security 2)', async (t) => {
  const { statuses } = await limitedApp(t, { unitsPerSecond: 0.5 });
  const subscribers = Array.from({ length: 40 }, (_, i) => ({ from: `2001:db8:1:${i.toString(16)}::1` }));
  const codes = await statuses(subscribers);
  assert.deepEqual([codes.indexOf(429), codes.lastIndexOf(200)], [32, 31]);
  assert.deepEqual(await statuses([{ from: '2001:db8:2::1' }]), [200]);
});

test('a user has one limit at all addresses, independent of other clients at the same address', async (t) => {
  const { statuses } = await limitedApp(t, { unitsPerSecond: 0.5 });
  assert.deepEqual(await statuses(times(2)), [200, 429]);
  assert.deepEqual(await statuses(times(2, { token: 'ann' })), [200, 429]);
  assert.deepEqual(await statuses([{ token: 'ann', from: '192.0.2.9' }, { token: 'bob' }]), [429, 200]);
});

test('40 users at one address share a limit, and do not affect users elsewhere or guests (security 2)', async (t) => {
  const { statuses, timers } = await limitedApp(t, { unitsPerSecond: 5 });
  const calls = Array.from({ length: 200 }, (_, i) => ({ token: `user-${i % 40}` }));
  const codes = await statuses(calls);
  assert.equal(codes.filter((code) => code === 200).length, 80);
  assert.deepEqual(await statuses([{ token: 'user-1', from: '192.0.2.9' }, {}]), [200, 200]);
  timers.tick(1_000);
  const later = await statuses(calls);
  assert.equal(later.filter((code) => code === 200).length, 40);
});

test('a flood of invalid tokens is rate-limited without verification, and does not affect clients without a token', async (t) => {
  const { statuses, verifications } = await limitedApp(t, { unitsPerSecond: 1 });
  assert.deepEqual(await statuses(times(5, { token: 'forged' })), [401, 401, 429, 429, 429]);
  assert.equal(verifications(), 2);
  assert.deepEqual(await statuses([{}, { token: 'ann', from: '192.0.2.9' }]), [200, 200]);
});

test('requests to unknown paths count, those to system routes do not', async (t) => {
  const { statuses } = await limitedApp(t, { unitsPerSecond: 0.5 });
  assert.deepEqual(await statuses(times(2, { url: '/nothing' })), [404, 429]);
  for (const url of ['/health', '/ready', '/openapi.json', '/docs']) {
    assert.deepEqual(await statuses(times(3, { url })), [200, 200, 200], url);
  }
});

test('a client cannot forge its address, with or without a proxy', async (t) => {
  const direct = await limitedApp(t, { unitsPerSecond: 0.5 });
  const forged = ['198.51.100.1', '198.51.100.2', '198.51.100.3'];
  assert.deepEqual(await direct.statuses(forged.map((forwarded) => ({ forwarded }))), [200, 429, 429]);

  t.mock.timers.reset();
  const behindProxy = await limitedApp(t, { unitsPerSecond: 0.5, proxyHops: 1 });
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

test('the largest burst is a setting', async (t) => {
  const { statuses } = await limitedApp(t, { unitsPerSecond: 2, burstSeconds: 4 });
  assert.deepEqual(await statuses(times(9)), [...Array.from({ length: 8 }, () => 200), 429]);
});
