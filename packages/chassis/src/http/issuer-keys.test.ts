import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import type { JWK } from 'jose';
import { DomainError } from '../errors.ts';
import { createAuthenticator } from './auth.ts';
import { remoteKeys } from './issuer-keys.ts';

const [issuer, audience] = ['https://issuer.test', 'tandem'];
const [old, next, foreign] = await Promise.all([1, 2, 3].map(() => generateKeyPair('ES256')));
assert.ok(old && next && foreign);
const publicKeys = {
  old: { ...(await exportJWK(old.publicKey)), kid: 'old', alg: 'ES256' },
  next: { ...(await exportJWK(next.publicKey)), kid: 'next', alg: 'ES256' },
};

const bearer = async (kid: string | undefined, { privateKey } = old, subject = 'user') =>
  `Bearer ${await new SignJWT({})
    .setProtectedHeader({ alg: 'ES256', ...(kid === undefined ? {} : { kid }) })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(subject)
    .setExpirationTime('30d')
    .sign(privateKey)}`;
const garbage = await bearer('unknown', foreign);

const isDomainError = (kind: string) => (error: unknown) =>
  error instanceof DomainError && error.kind === kind;

/** An issuer that serves `keys`, or responds as `respond` does, and an authenticator with a clock of its own. */
async function startIssuer(t: TestContext, keys: JWK[] = [publicKeys.old]) {
  const state = { keys, respond: undefined as ((response: ServerResponse) => void) | undefined, fetches: 0 };
  const clock = { now: Date.now() };
  const server = createServer((_request, response) => {
    state.fetches++;
    if (state.respond) state.respond(response);
    else response.end(JSON.stringify({ keys: state.keys }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const jwks = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`);
  const { authenticate } = createAuthenticator({ issuer, audience, jwks, now: () => clock.now });
  return {
    state,
    authenticate,
    advanceSeconds: (seconds: number) => void (clock.now += seconds * 1000),
    rejects: (token: string, kind = 'unauthenticated') =>
      assert.rejects(authenticate(token), isDomainError(kind)),
    /** Waits for a fetch in the background: until the token's outcome is the expected one. */
    until: async (token: string, isAccepted: boolean) => {
      const deadline = AbortSignal.timeout(5_000);
      for (;;) {
        const outcome = await authenticate(token).then(
          () => true,
          () => false,
        );
        if (outcome === isAccepted) return;
        deadline.throwIfAborted();
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

const fail = (status: number) => (response: ServerResponse) => void response.writeHead(status).end('{}');
const hang = () => undefined;

test('keys are fetched once, for concurrent requests as well', async (t) => {
  const { state, authenticate } = await startIssuer(t);
  const tokens = await Promise.all(['a', 'b', 'c'].map((subject) => bearer('old', old, subject)));
  await Promise.all(tokens.map((token) => authenticate(token)));
  assert.equal(state.fetches, 1);
});

test('known keys are valid for an hour while the issuer fails, and no longer (security 3)', async (t) => {
  const { state, authenticate, advanceSeconds, rejects } = await startIssuer(t);
  const cached = await bearer('old');
  await authenticate(cached);
  state.respond = fail(500);
  for (let minute = 1; minute < 60; minute++) {
    advanceSeconds(60);
    await authenticate(cached);
    await authenticate(await bearer('old', old, `user-${minute}`));
  }
  assert.ok(state.fetches > 5, `the keys are fetched again: ${state.fetches}`);
  advanceSeconds(61);
  await rejects(cached, 'unavailable');
  await rejects(await bearer('old', old, 'uncached'), 'unavailable');
});

test('after a failure there is no second attempt within 10 s, then 20 s, at most a minute (security 3)', async (t) => {
  const { state, advanceSeconds, rejects, until } = await startIssuer(t);
  const token = await bearer('old');
  state.respond = fail(503);
  await rejects(token, 'unavailable');
  const attemptsAfter = async (seconds: number) => {
    advanceSeconds(seconds);
    const before = state.fetches;
    for (let i = 0; i < 20; i++) await rejects(token, 'unavailable');
    return state.fetches - before;
  };
  assert.equal(await attemptsAfter(9), 0);
  assert.ok((await attemptsAfter(1.1)) <= 1);
  state.respond = undefined;
  advanceSeconds(61);
  await until(token, true);
});

test('an issuer that fails is reported at the first attempt, then once a minute at most (security 3)', async (t) => {
  let now = 0;
  const reports: unknown[] = [];
  const responses = [Response.json({ keys: [publicKeys.old] })];
  const fetches = t.mock.method(
    globalThis,
    'fetch',
    async () => responses.pop() ?? new Response('', { status: 500 }),
  );
  const onFailure = (error: unknown) => void reports.push(error);
  const keys = remoteKeys(new URL('https://issuer.test'), { now: () => now, onFailure });
  await keys.require((wait) => wait());
  for (now = 5 * 60_000; now < 35 * 60_000; now += 5_000) {
    assert.ok(keys.known());
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(reports.length > 0);
  }
  const [attempts, count] = [fetches.mock.callCount(), reports.length];
  assert.ok(attempts > count && count > 10 && count <= 30, `${count} reports of ${attempts} attempts`);
  assert.match(String(reports[0]), /responded .* with status 500/);
});

test('an issuer that hangs delays one request for 1.5 s, and no other (security 3)', async (t) => {
  const { state, authenticate, advanceSeconds } = await startIssuer(t);
  await authenticate(await bearer('old'));
  state.respond = hang;
  advanceSeconds(31);
  let waits = 0;
  const authenticateWaiting = (token: string) => authenticate(token, (wait) => (waits++, wait()));
  await assert.rejects(authenticateWaiting(garbage), isDomainError('unauthenticated'));
  assert.equal(waits, 1, 'the wait is announced');
  assert.equal(state.fetches, 2);
  advanceSeconds(60);
  for (let i = 0; i < 50; i++) {
    await assert.rejects(authenticateWaiting(garbage), isDomainError('unauthenticated'));
    await authenticateWaiting(await bearer('old', old, `user-${i}`));
  }
  assert.equal(waits, 1, 'no other request waits for the issuer');
  assert.equal(state.fetches, 3, 'one attempt in the background');
});

test('a new key is accepted without a restart; unknown keys cause a fetch every 30 s at most', async (t) => {
  const { state, authenticate, advanceSeconds, rejects } = await startIssuer(t);
  const newToken = await bearer('next', next);
  await authenticate(await bearer('old'));
  for (let i = 0; i < 20; i++) await rejects(garbage);
  await rejects(newToken);
  assert.equal(state.fetches, 1);
  state.keys = [publicKeys.old, publicKeys.next];
  advanceSeconds(31);
  assert.equal((await authenticate(newToken))?.subject, 'user');
  assert.equal(state.fetches, 2);
});

test('a withdrawn key is rejected after five minutes, for cached tokens as well', async (t) => {
  const { state, authenticate, advanceSeconds, until } = await startIssuer(t, Object.values(publicKeys));
  const [cached, other] = [await bearer('old'), await bearer('next', next)];
  await authenticate(cached);
  state.keys = [publicKeys.next];
  advanceSeconds(299);
  await authenticate(cached);
  assert.equal(state.fetches, 1);
  advanceSeconds(2);
  await until(cached, false);
  await until(other, true);
});

test('an issuer without kids that replaces its key is noticed (interop A14)', async (t) => {
  const { kid: _, ...oldKey } = publicKeys.old;
  const { kid: __, ...nextKey } = publicKeys.next;
  const { state, authenticate, advanceSeconds, rejects } = await startIssuer(t, [oldKey]);
  const newToken = await bearer(undefined, next);
  await authenticate(await bearer(undefined));
  await rejects(newToken);
  state.keys = [oldKey, nextKey];
  advanceSeconds(31);
  assert.equal((await authenticate(newToken))?.subject, 'user');
});

const uselessResponses: Record<string, (response: ServerResponse) => void> = {
  'an error': fail(500),
  'a redirect': (response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
  'a page': (response) => void response.end('<html>'),
  'another document': (response) => void response.end('{"issuer":"https://issuer.test"}'),
  'no list': (response) => void response.end('{"keys":{}}'),
  'a list of something else': (response) => void response.end('{"keys":[null]}'),
  null: (response) => void response.end('null'),
  'no keys': (response) => void response.end('{"keys":[]}'),
  'half of a response': (response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('{"keys":');
    response.destroy();
  },
};

for (const [name, respond] of Object.entries(uselessResponses)) {
  test(`an issuer that responds with ${name}: unavailable without known keys, otherwise they stay valid (security 3)`, async (t) => {
    const { state, authenticate, advanceSeconds, rejects, until } = await startIssuer(t);
    state.respond = respond;
    await rejects(await bearer('old'), 'unavailable');
    state.respond = undefined;
    advanceSeconds(61);
    await until(await bearer('old'), true);
    state.respond = respond;
    advanceSeconds(31 * 60);
    assert.equal((await authenticate(await bearer('old', old, 'later')))?.subject, 'later');
  });
}
