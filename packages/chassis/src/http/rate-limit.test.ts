import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { DomainError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { createMetrics } from '../metrics.ts';
import { createSampleApp } from './testing.ts';

interface Call {
  readonly url?: string;
  /** A subject; `forged` is refused. */
  readonly token?: string;
  readonly from?: string;
  readonly forwarded?: string;
}

/** An app with its limits, at a time that stands still until it is moved. */
async function limited(t: TestContext, limits: Limits) {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
  const metrics = createMetrics();
  let verified = 0;
  const { app } = await createSampleApp({
    limits,
    metrics,
    auth: {
      async authenticate(authorization) {
        if (authorization === undefined) return undefined;
        verified += 1;
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
    const told: number[] = [];
    for (const one of calls) told.push((await call(one)).statusCode);
    return told;
  };
  return { call, statuses, counts: () => metrics.counts(), verified: () => verified, tick: t.mock.timers };
}

const times = (count: number, call: Call = {}) => Array.from({ length: count }, () => call);

test('responses state the remaining requests; beyond the limit they are 429 until the second is over', async (t) => {
  const { call, counts, tick } = await limited(t, { requestsPerSecond: 2 });
  const first = await call();
  assert.equal(first.statusCode, 200);
  const shown = ({ headers }: typeof first) =>
    ['limit', 'remaining', 'reset'].map((name) => headers[`ratelimit-${name}`]);
  assert.deepEqual(shown(first), [2, 1, 1].map(String));
  assert.deepEqual(shown(await call()), [2, 0, 1].map(String));

  const refused = await call();
  assert.equal(refused.statusCode, 429);
  assert.equal(refused.headers['content-type'], 'application/problem+json');
  assert.equal(refused.json<{ type: string }>().type, 'urn:tandem:problem:too-many-requests');
  assert.deepEqual([...shown(refused), refused.headers['retry-after']], ['2', '0', '1', '1']);
  assert.deepEqual(counts(), { RequestsRateLimited: 1 });

  tick.tick(999);
  assert.equal((await call()).statusCode, 429);
  tick.tick(1);
  assert.equal((await call()).statusCode, 200);
});

test('each address has its own limit, all addresses of an IPv6 subscriber one', async (t) => {
  const { statuses } = await limited(t, { requestsPerSecond: 1 });
  const addresses = ['192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8::2', '2001:db8:0:1::1', '192.0.2.1'];
  assert.deepEqual(await statuses(addresses.map((from) => ({ from }))), [200, 200, 200, 429, 200, 429]);
});

test('a user is limited wherever they are, whatever others at their address do', async (t) => {
  const { statuses } = await limited(t, { requestsPerSecond: 1 });
  assert.deepEqual(await statuses(times(2)), [200, 429]);
  assert.deepEqual(await statuses(times(2, { token: 'ann' })), [200, 429]);
  assert.deepEqual(await statuses([{ token: 'ann', from: '192.0.2.9' }, { token: 'bob' }]), [429, 200]);
});

test('a flood of invalid tokens is rate-limited without verification, and does not affect clients without a token', async (t) => {
  const { statuses, verified } = await limited(t, { requestsPerSecond: 2 });
  assert.deepEqual(await statuses(times(5, { token: 'forged' })), [401, 401, 429, 429, 429]);
  assert.equal(verified(), 2);
  assert.deepEqual(await statuses([{}, { token: 'ann', from: '192.0.2.9' }]), [200, 200]);
});

test('unknown paths count, the system routes never do', async (t) => {
  const { statuses } = await limited(t, { requestsPerSecond: 1 });
  assert.deepEqual(await statuses(times(2, { url: '/nothing' })), [404, 429]);
  for (const url of ['/health', '/ready', '/openapi.json', '/docs']) {
    assert.deepEqual(await statuses(times(3, { url })), [200, 200, 200], url);
  }
});

test('a client cannot choose its address, neither without proxies nor behind them', async (t) => {
  const direct = await limited(t, { requestsPerSecond: 1 });
  const forged = ['198.51.100.1', '198.51.100.2', '198.51.100.3'];
  assert.deepEqual(await direct.statuses(forged.map((forwarded) => ({ forwarded }))), [200, 429, 429]);

  t.mock.timers.reset();
  const behindOne = await limited(t, { requestsPerSecond: 1, proxyHops: 1 });
  const seen = (client: string) => forged.map((forwarded) => ({ forwarded: `${forwarded}, ${client}` }));
  assert.deepEqual(await behindOne.statuses(seen('203.0.113.7')), [200, 429, 429]);
  assert.deepEqual(await behindOne.statuses(seen('203.0.113.8')), [200, 429, 429]);
});

test('without a limit there are no headers and no refusals', async () => {
  const { app } = await createSampleApp();
  for (let calls = 0; calls < 20; calls++) {
    const { statusCode, headers } = await app.inject('/things/a');
    assert.deepEqual([statusCode, headers['ratelimit-limit']], [200, undefined]);
  }
});
