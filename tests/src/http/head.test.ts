import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { buildConsole } from '@tandem/console/build';
import { readConfig } from '@tandem/chassis/config';
import { anyPorts, localConfig } from '@tandem/local/config';
import { startSystem } from '@tandem/local/system/start';
import { client, untilHealthy } from '../support/http.ts';
import { exchange, type RawResponse } from './raw.ts';

assert.equal(await buildConsole(), undefined);
const system = await startSystem(
  readConfig(localConfig, { ...anyPorts, EPHEMERAL: '1', LOG_LEVEL: 'silent' }),
);
after(() => system.stop());
const { gateway, product, cart, analytics } = system.urls;
await untilHealthy(gateway);
const cartId = await client(gateway).openCart();
const page = await (await fetch(gateway)).text();
const assets = [...page.matchAll(/(?:src|href)="\.(\/[^"]+)"/g)].map(([, path = '']) => path);
assert.ok(assets.length >= 2, 'the files of the console');

/** Headers that differ between any two responses, and that of a body whose length is known at its end only. */
const OWN = new Set(['date', 'x-request-id', 'traceparent', 'transfer-encoding']);

const send = async (url: string, method: string, path: string, headers: string): Promise<RawResponse> => {
  const { responses } = await exchange(
    url,
    `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`,
    [method],
  );
  return responses.at(-1) ?? assert.fail('no response');
};
const comparable = ({ status, headers }: RawResponse) => ({
  status,
  headers: Object.fromEntries(
    [...headers].filter(([name]) => !OWN.has(name) && !name.startsWith('ratelimit')),
  ),
});

const paths: readonly [url: string, ...paths: string[]][] = [
  [
    gateway,
    '/',
    ...assets,
    '/health',
    '/asyncapi.json',
    '/.well-known/jwks.json',
    '/console/about',
    '/products',
    '/products?limit=1',
    '/products/none',
    `/carts/${cartId}`,
    '/carts',
    '/analytics/funnel',
    '/nothing',
    '/console/nothing',
  ],
  ...[product, cart, analytics].map((url): [string, ...string[]] => [
    url,
    '/health',
    '/ready',
    '/openapi.json',
    '/docs',
    '/docs/',
    '/docs/static/index.css',
    '/nothing',
  ]),
];
for (const [url, ...served] of paths)
  for (const path of served)
    for (const headers of ['', 'Accept-Encoding: gzip\r\n', 'Accept-Encoding: br\r\n'])
      test(`RFC 9110 9.3.2: HEAD ${path} has the headers of GET (${headers.trim() || 'identity'})`, async () => {
        const [head, get] = [await send(url, 'HEAD', path, headers), await send(url, 'GET', path, headers)];
        assert.deepEqual(comparable(head), comparable(get));
      });

test('RFC 9110 9.3.2: HEAD of the event stream ends at once', async () => {
  const { status, headers } = await send(gateway, 'HEAD', '/console/events', '');
  assert.deepEqual([status, headers.get('content-type')], [200, 'text/event-stream']);
});
