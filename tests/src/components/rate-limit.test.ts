import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mintToken } from '@tandem/emulators/issuer';
import { client } from '../support/http.ts';
import { withSystem } from '../support/system.ts';

const FLOOD = 60;

test('RATE_LIMIT applies in both services, at their ports and through the gateway, whatever headers a client sends', async (t) => {
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
    },
    { RATE_LIMIT: '5' },
  );
});
