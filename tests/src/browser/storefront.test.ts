import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { mintToken } from '@tandem/emulators/issuer';
import { client } from '../support/http.ts';
import { withSystem } from '../support/system.ts';
import { openBrowser, openPage, withoutChromium } from './browser.ts';

const inBrowser = { skip: withoutChromium, timeout: 120_000 };
const CALLS = 7;

/** Serves the storefront on a port and a host name that are not the API's. */
async function serveStorefront() {
  const page = await readFile(join(import.meta.dirname, 'storefront.html'));
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  return { origin, [Symbol.dispose]: () => void server.close() };
}

/** Opens the storefront beside a system, whose variables depend on the origin of the storefront. */
async function withStorefront(
  environmentOf: (origin: string) => Readonly<Record<string, string>>,
  check: (run: <T>(step: string) => Promise<T>) => Promise<void>,
): Promise<void> {
  using storefront = await serveStorefront();
  await using browser = await openBrowser();
  await withSystem(async ({ urls: { gateway } }) => {
    const api = client(gateway);
    await api.putProduct('mug', { name: 'Mug', category: 'mugs', inventory: 5 });
    await api.untilKnown('mug');
    const token = await mintToken({ subject: 'alice', scopes: [] });
    const { page } = await openPage(browser);
    await page.goto(`${storefront.origin}/#${new URLSearchParams({ api: gateway, token }).toString()}`);
    await check((step) => page.evaluate(`steps.${step}()`));
  }, environmentOf(storefront.origin));
}

test(
  'a storefront of a listed origin fills a cart, merges it at sign-in and checks out (interop A15)',
  inBrowser,
  async () => {
    await withStorefront(
      (origin) => ({ CORS_ORIGINS: `https://shop.example,${origin}` }),
      async (run) => {
        interface Response {
          readonly status: number;
        }
        const shopped = await run<{
          readonly statuses: Readonly<Record<string, Response>>;
          readonly order: { readonly status: string; readonly totalAmount: number };
        }>('shop');
        const { statuses, order, ...others } = shopped;
        assert.deepEqual(
          Object.fromEntries(Object.entries(statuses).map(([step, { status }]) => [step, status])),
          {
            changed: 200,
            outdated: 412,
            unmodified: 304,
            merged: 200,
            order: 200,
            wrong: 400,
            unauthenticated: 401,
          },
        );
        assert.deepEqual([order.status, order.totalAmount], ['checkedOut', 2_000]);
        assert.deepEqual(others, {
          names: ['Mug'],
          replayed: ['true', true],
          requestId: 'page-1',
          detail: { pointer: '/qty', detail: 'must be at least 1' },
          orders: 1,
        });
        assert.deepEqual(await run('blockedConsole'), Array(7).fill('TypeError'));
      },
    );
  },
);

test(
  'a storefront can read when to retry a request beyond the rate limit (interop A15)',
  inBrowser,
  async () => {
    await withStorefront(
      (origin) => ({ CORS_ORIGINS: origin, RATE_LIMIT: '20' }),
      async (run) => {
        const read = await run<readonly (string | null | undefined)[]>('hurry');
        assert.equal(read.length, 4);
        for (const value of read) assert.match(String(value), /^\d+$/);
      },
    );
  },
);

for (const [name, environmentOf] of [
  ['by default', () => ({})],
  ['of an origin that is not listed', () => ({ CORS_ORIGINS: 'https://shop.example' })],
] as const) {
  test(`every call of a storefront is blocked ${name} (interop A15)`, inBrowser, async () => {
    await withStorefront(environmentOf, async (run) => {
      assert.deepEqual(await run('blocked'), Array(CALLS).fill('TypeError'));
    });
  });
}
