import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { fetchAccessToken } from './access-token.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function issuer(t: TestContext, answer: Answer): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/oauth/token`;
}

const client = { id: 'smoke:test', secret: 'a+b/c é', scope: 'products:write' };

test('a token is requested as RFC 6749 says, the id and the secret encoded before they are joined', async (t) => {
  const requests: unknown[] = [];
  const tokenUrl = await issuer(t, (request, response) => {
    void text(request).then((body) => {
      requests.push([request.method, request.headers.authorization, body]);
      response.end(JSON.stringify({ access_token: 'T', token_type: 'Bearer' }));
    });
  });
  assert.equal(await fetchAccessToken({ ...client, tokenUrl }), 'T');
  await fetchAccessToken({ ...client, tokenUrl, audience: 'tandem' });
  const basic = `Basic ${Buffer.from('smoke%3Atest:a%2Bb%2Fc+%C3%A9').toString('base64')}`;
  const body = 'grant_type=client_credentials&scope=products%3Awrite';
  assert.deepEqual(requests, [
    ['POST', basic, body],
    ['POST', basic, `${body}&audience=tandem`],
  ]);
});

for (const [what, answer, message] of [
  [
    'a client that is rejected',
    [401, '{"error":"invalid_client"}'],
    /answered 401 invalid_client: check the client's id/,
  ],
  ['an answer without a token', [200, '{"token":"T"}'], /answered 200/],
  ['an answer that is no JSON', [502, '<html>a+b/c é'], /answered 502/],
  ['a redirect, which would get the secret', [307, ''], /answered 307/],
] as const) {
  test(`${what} is an error that shows no secret`, async (t) => {
    let requests = 0;
    const tokenUrl = await issuer(t, (_request, response) => {
      requests += 1;
      response.writeHead(answer[0], { Location: '/elsewhere' }).end(answer[1]);
    });
    await assert.rejects(fetchAccessToken({ ...client, tokenUrl }), (error: Error) => {
      assert.match(error.message, message);
      assert.ok(!error.message.includes(client.secret));
      return true;
    });
    assert.equal(requests, 1);
  });
}

test('a URL that is not HTTPS gets no secret, and one that nobody listens at is named', async () => {
  await assert.rejects(
    fetchAccessToken({ ...client, tokenUrl: 'http://issuer.example/token' }),
    /is not HTTPS/,
  );
  await assert.rejects(
    fetchAccessToken({ ...client, tokenUrl: 'http://127.0.0.1:9/token' }),
    /could not be reached/,
  );
});
