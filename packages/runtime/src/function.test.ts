import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createSampleApp } from '@tandem/chassis/http/testing';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { createFunction } from './function.ts';
import { albEvent } from './function/testing.ts';

test('a function ends with the fetch of keys that it started: frozen, it could not receive them (security 3)', async (t) => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  let keys = [{ ...(await exportJWK(publicKey)), kid: 'a', alg: 'ES256' }];
  const issuer = createServer((_request, response) => {
    setTimeout(() => response.end(JSON.stringify({ keys })), 100);
  }).listen(0, '127.0.0.1');
  await once(issuer, 'listening');
  t.after(() => issuer.close());
  const { serve } = await createFunction(
    {
      name: 'analytics',
      variables: {},
      create: async ({ auth }) => {
        const { app } = await createSampleApp({ auth });
        t.after(() => app.close());
        return { app, consumers: [] } as never;
      },
      eventsForExpiredItem: () => [],
      seed: undefined,
    },
    {
      AUTH_ISSUER: 'https://issuer.test',
      AUTH_AUDIENCE: 'tandem',
      AUTH_JWKS_URL: `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/`,
      LOG_LEVEL: 'silent',
      TABLE_NAME: 'analytics',
      QUEUE_URLS: 'http://127.0.0.1:9/analytics-events-queue',
      TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:analytics',
      AWS_REGION: 'us-east-1',
    },
  );
  const token = await new SignJWT({ iss: 'https://issuer.test', aud: 'tandem', sub: 'user' })
    .setProtectedHeader({ alg: 'ES256', kid: 'a' })
    .setExpirationTime('1d')
    .sign(privateKey);
  const headers = { authorization: `Bearer ${token}` };
  const status = async () => (await serve(albEvent({ target: '/things/a', headers }))).statusCode;
  assert.equal(await status(), 200);
  const startedAt = Date.now();
  t.mock.method(Date, 'now', () => startedAt + 6 * 60_000);
  keys = keys.map((key) => ({ ...key, kid: 'b' }));
  assert.equal(await status(), 200, 'the keys are known');
  assert.equal(await status(), 401, 'the key has been withdrawn');
});
