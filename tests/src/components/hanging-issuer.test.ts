import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setInterval } from 'node:timers/promises';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createAuthenticator } from '@tandem/chassis/http/auth';
import { createLogger } from '@tandem/chassis/logger';
import { createMetrics } from '@tandem/chassis/metrics';
import { LOCAL_AUDIENCE, LOCAL_ISSUER, localKeySet, mintToken } from '@tandem/emulators/issuer';
import { createProductService } from '@tandem/product/app';
import { tableOf } from '@tandem/local/system/store';
import { SignJWT, generateKeyPair } from 'jose';
import { openStore } from '../support/store.ts';
import { client } from '../support/http.ts';

/** Production's limits of load, and a rate limit that does not stop the attack. */
const limits = { unitsPerSecond: 50, load: { maxInFlight: 32, maxWaiting: 400 }, proxyHops: 1 };
const BOUND_MS = 50;
const ROUNDS = 5;
const ROUND_MS = 3_000;
const READ_EVERY_MS = 25;

/** An issuer that serves the local key set until it hangs. */
async function startIssuer(t: TestContext) {
  const issuer = { isHanging: false, fetches: 0 };
  const server = createServer((_request, response) => {
    issuer.fetches += 1;
    if (!issuer.isHanging) void localKeySet().then((keys) => response.end(JSON.stringify(keys)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { issuer, jwks: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`) };
}

/** Product with tokens of that issuer. `skipSeconds` advances the clock by which the issuer's keys age. */
async function startProduct(t: TestContext, jwks: URL) {
  let skippedMs = 0;
  const now = () => Date.now() + skippedMs;
  const metrics = createMetrics();
  const store = await openStore('product');
  t.after(() => store.close());
  const { app } = await createProductService({
    table: tableOf(store, metrics),
    sns: new SNSClient({ region: 'us-east-1' }),
    sqs: new SQSClient({ region: 'us-east-1' }),
    topicArn: 'unused',
    queueUrls: { 'product-cart-events-queue': 'unused' },
    auth: createAuthenticator({ issuer: LOCAL_ISSUER, audience: LOCAL_AUDIENCE, jwks, now }),
    logger: createLogger({ name: 'test', level: 'silent' }),
    metrics,
    tracer: undefined,
    limits,
    receivePauseMs: 0,
    holdSeconds: 900,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  return {
    ...client(`http://127.0.0.1:${port}`),
    skipSeconds: (seconds: number) => void (skippedMs += seconds * 1000),
  };
}

const p99Of = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] ?? Infinity;

/** By how much later each tick was than the one before it. */
const stallsOf = (lateness: readonly number[]) =>
  lateness.map((ms, i) => Math.max(0, ms - (lateness[i - 1] ?? 0)));

async function garbageToken(kid: string): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256');
  const token = await new SignJWT({ iss: LOCAL_ISSUER, aud: LOCAL_AUDIENCE, sub: 'mallory' })
    .setProtectedHeader({ alg: 'ES256', kid })
    .setExpirationTime('1h')
    .sign(privateKey);
  return `Bearer ${token}`;
}

test('with an issuer that hangs and 10 garbage tokens a second, public reads stay at p99 < 50 ms (security 3)', async (t) => {
  const { issuer, jwks } = await startIssuer(t);
  const { call, skipSeconds } = await startProduct(t, jwks);
  const writer = `Bearer ${await mintToken({ subject: 'editor', scopes: ['products:write'] })}`;
  const write = (authorization: string, name: string) =>
    call('PUT', '/products/mug', {
      headers: { authorization, 'x-forwarded-for': '198.51.100.2' },
      body: { name, price: 1200, currency: 'EUR' },
    });
  assert.equal((await write(writer, 'Mug')).status, 201);
  const tokens = await Promise.all(Array.from({ length: 40 }, (_, i) => garbageToken(`unknown-${i}`)));

  issuer.isHanging = true;
  skipSeconds(31);
  const timeOf = async (headers: Record<string, string>, expected: number) => {
    const startedAt = performance.now();
    const { status } = await call('GET', '/products', { headers });
    return { isExpected: status === expected, ms: performance.now() - startedAt };
  };
  /** Each garbage token comes from an address of its own, so that no rate limit stops the attack. */
  const sendGarbage = (i: number) =>
    timeOf(
      { authorization: tokens[i % tokens.length] ?? '', 'x-forwarded-for': `203.0.113.${i % 200}` },
      401,
    );

  // Forty at once, more than requests may be in flight: a read overtakes all of them.
  const burst = tokens.map((_, i) => sendGarbage(i));
  const first = await Promise.race([
    timeOf({}, 200).then(() => 'read'),
    ...burst.map((sent) => sent.then(() => 'token')),
  ]);
  assert.equal(first, 'read');
  assert.ok((await Promise.all(burst)).every(({ isExpected }) => isExpected));

  /** A garbage token every 100 ms, and a read every 25 ms. The lateness of the timer is the machine's, which runs other tests. */
  const attack = async () => {
    const rejections = [];
    const reads = [];
    const lateness: number[] = [];
    // The keys are fetched again, which takes half of the round.
    skipSeconds(61);
    const startedAt = performance.now();
    for await (const _ of setInterval(READ_EVERY_MS)) {
      const elapsed = performance.now() - startedAt;
      if (elapsed > ROUND_MS) break;
      reads.push(timeOf({}, 200));
      lateness.push(elapsed - reads.length * READ_EVERY_MS);
      if (reads.length % 4 !== 0) continue;
      rejections.push(sendGarbage(reads.length));
    }
    const outcomes = await Promise.all([...reads, ...rejections]);
    assert.ok(outcomes.every(({ isExpected }) => isExpected));
    const times = (await Promise.all(reads)).map(({ ms }) => ms);
    return { reads: times.length, p99: p99Of(times), stalledMs: p99Of(stallsOf(lateness)) };
  };

  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS && !rounds.some((ms) => ms < BOUND_MS); round++) {
    const { reads, p99, stalledMs } = await attack();
    const texts = [
      `p99 of ${reads} reads: ${p99.toFixed(1)} ms`,
      `of stalls of the machine: ${stalledMs.toFixed(1)} ms`,
    ];
    t.diagnostic(`${texts.join(', ')}; after ${issuer.fetches} fetches`);
    rounds.push(p99 - stalledMs);
  }
  assert.ok(Math.min(...rounds) < BOUND_MS, `p99 by round: ${rounds.join(', ')} ms`);
  assert.ok(issuer.fetches > 2, 'the keys were fetched again during the attack');
  assert.equal((await write(writer, 'Cup')).status, 200, 'a known key is valid during the attack');
  assert.equal((await write(tokens[0] ?? '', 'Owned')).status, 401);
});
