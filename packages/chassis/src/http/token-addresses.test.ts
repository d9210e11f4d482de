import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createAuthenticator } from './auth.ts';

test('the addresses and keys that a token brings along are never used (security, OWASP API7)', async (t) => {
  const [own, stranger] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
  const strangersKey = { ...(await exportJWK(stranger.publicKey)), kid: 'stranger', alg: 'ES256' };
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.end(JSON.stringify({ keys: [strangersKey] }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  const issuer = 'https://issuer.test';
  const { authenticate } = createAuthenticator({
    issuer,
    audience: 'tandem',
    jwks: { keys: [{ ...(await exportJWK(own.publicKey)), kid: 'own', alg: 'ES256' }] },
  });
  const headers = [
    { jku: address },
    { x5u: address },
    { jwk: strangersKey },
    { jku: address, kid: 'own' },
    { x5c: ['MIIB'], x5u: address },
    { kid: address },
  ];
  for (const header of headers)
    for (const iss of [issuer, address]) {
      const token = await new SignJWT({ iss, aud: 'tandem', sub: 'user' })
        .setExpirationTime('1h')
        .setProtectedHeader({ alg: 'ES256', kid: 'stranger', ...header })
        .sign(stranger.privateKey);
      await assert.rejects(
        async () => authenticate(`Bearer ${token}`),
        { code: 'invalid-token' },
        JSON.stringify({ ...header, iss }),
      );
    }
  assert.equal(requests, 0);
});
