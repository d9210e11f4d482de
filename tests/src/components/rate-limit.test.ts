import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mintToken } from '@tandem/emulators/issuer';
import { client } from '../support/http.ts';
import { until } from '../support/until.ts';
import { withSystem } from '../support/system.ts';

const FLOOD = 60;

test('RATE_LIMIT applies in each service, at their ports and through the gateway, whatever headers a client sends', async (t) => {
  await withSystem(
    async ({ urls, metrics }) => {
      const flood = async (url: string, path: string, headers: (i: number) => Record<string, string>) => {
        const responses = await Promise.all(
          Array.from({ length: FLOOD }, async (_, i) =>
            client(url).call('GET', path, { headers: headers(i) }),
          ),
        );
        return responses.filter(({ status }) => status === 429);
      };
      const forged = (i: number) => ({ 'x-forwarded-for': `198.51.100.${i}` });
      for (const [name, path] of [
        ['product', '/products'],
        ['cart', '/carts/none'],
        ['analytics', '/analytics/funnel'],
      ] as const) {
        await t.test(`${name}: a client that forges addresses`, async () => {
          for (const url of [urls.gateway, urls[name]]) {
            const rejected = await flood(url, path, forged);
            assert.ok(rejected.length > 0, url);
            for (const { headers } of rejected) assert.equal(headers.get('retry-after'), '1');
          }
        });
      }
      await t.test('each user has a separate limit', async () => {
        const tokens = await Promise.all(
          Array.from({ length: FLOOD }, async (_, i) => mintToken({ subject: `user-${i}`, scopes: [] })),
        );
        const bearer = (i: number) => ({ authorization: `Bearer ${tokens[i]}` });
        assert.deepEqual(await flood(urls.gateway, '/products', bearer), []);
      });
      for (const service of Object.values(metrics))
        assert.ok(Number(service.counts()['RequestsRateLimited']) > 0);

      await t.test('security 2: 40 users at one address have a limit together', async () => {
        const tokens = await Promise.all(
          Array.from({ length: 40 }, async (_, i) => mintToken({ subject: `account-${i}`, scopes: [] })),
        );
        const { call } = client(urls.cart);
        const send = (token: string | undefined) => call('GET', '/carts/none', token ? { token } : {});
        const responses = await Promise.all(
          Array.from({ length: 200 }, async (_, i) => send(tokens[i % 40])),
        );
        const rejected = responses.filter(({ status }) => status === 429).length;
        assert.ok(rejected > 50, `${rejected} of 200 are rejected`);
      });
      await t.test(
        'security 2: a client at its write limit can read, and is served again after Retry-After',
        async () => {
          const { call } = client(urls.gateway);
          const token = await mintToken({ subject: 'writer', scopes: [] });
          const write = () => call('PUT', '/carts/none/items/mug', { token, body: { qty: 1 } });
          const responses = await Promise.all(Array.from({ length: FLOOD }, write));
          const rejected = responses.filter(({ status }) => status === 429);
          assert.ok(rejected.length > FLOOD / 2);
          const waits = rejected.map(({ headers }) => Number(headers.get('retry-after')));
          // A write costs 5 of 5 units a second; those that were accepted may have left a debt of some lines.
          assert.ok(
            waits.every((seconds) => seconds === 1 || seconds === 2),
            waits.join(),
          );
          await until(
            () => call('GET', '/carts/none', { token }),
            ({ status }) => status === 404,
          );
          await until(write, ({ status }) => status === 404);
        },
      );
    },
    { RATE_LIMIT: '5' },
  );
});
