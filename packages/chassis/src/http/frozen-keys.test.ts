import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { exportJWK, generateKeyPair } from 'jose';
import { DomainError } from '../errors.ts';
import { remoteKeys } from './issuer-keys.ts';

const { publicKey } = await generateKeyPair('ES256');
const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'a', alg: 'ES256' }] });

/** When a fetch that a freeze has cut fails: before the next request, or while that request is handled. */
type Thaw = 'before' | 'during';

/**
 * Keys in a process that is frozen whenever no request is handled. A fetch makes progress only while a request waits for it; one
 * that was running when the process was frozen fails after it.
 */
function frozenBetweenRequests(t: TestContext, thaw: Thaw) {
  let now = 0;
  const issuer = { isHealthy: true, fetches: 0 };
  const reports: unknown[] = [];
  const running = new Set<PromiseWithResolvers<Response> & { readonly startedAt: number }>();
  t.mock.method(globalThis, 'fetch', () => {
    issuer.fetches += 1;
    const fetching = { ...Promise.withResolvers<Response>(), startedAt: now };
    running.add(fetching);
    return fetching.promise;
  });
  const settle = () => {
    for (const { startedAt, resolve, reject } of running) {
      if (startedAt < now || !issuer.isHealthy) reject(new TypeError('fetch failed'));
      else resolve(new Response(jwks));
    }
    running.clear();
  };
  const onFailure = (error: unknown) => void reports.push(error);
  const keys = remoteKeys(new URL('https://issuer.test/jwks.json'), { now: () => now, onFailure });
  const request = async () => {
    if (thaw === 'before') settle();
    await new Promise((resolve) => setImmediate(resolve));
    const idle = <T>(wait: () => Promise<T>) => {
      settle();
      return wait();
    };
    try {
      return (keys.known() ?? (await keys.require(idle))).size > 0 ? 200 : 0;
    } catch (error) {
      return error instanceof DomainError && error.kind === 'unavailable' ? 503 : error;
    }
  };
  return { issuer, reports, request, freezeMinutes: (minutes: number) => void (now += minutes * 60_000) };
}

for (const thaw of ['before', 'during'] as const) {
  test(`a process that is frozen between requests accepts tokens all the time (a fetch fails ${thaw} the next request)`, async (t) => {
    const { issuer, reports, request, freezeMinutes } = frozenBetweenRequests(t, thaw);
    const statuses = [];
    for (let minutes = 0; minutes <= 240; minutes += 10) {
      statuses.push(await request());
      freezeMinutes(10);
    }
    assert.deepEqual([...new Set(statuses)], [200], statuses.join());
    assert.ok(issuer.fetches < 60, `${issuer.fetches} fetches`);
    assert.deepEqual(reports, [], 'a fetch that was frozen is no failure of the issuer');
  });

  test(`a process that is frozen between requests recovers from an outage at once (a fetch fails ${thaw} the next request)`, async (t) => {
    const { issuer, reports, request, freezeMinutes } = frozenBetweenRequests(t, thaw);
    assert.equal(await request(), 200);
    issuer.isHealthy = false;
    for (let minutes = 0; minutes < 120; minutes += 10) {
      freezeMinutes(10);
      await request();
    }
    assert.equal(await request(), 503);
    assert.ok(reports.length > 0, 'the outage is reported');
    issuer.isHealthy = true;
    freezeMinutes(10);
    assert.equal(await request(), 200);
  });
}
