import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OWN_READ } from '@tandem/console/protocol';
import { listen } from '../console/listen.ts';
import { withoutChromium } from './browser.ts';
import { withConsole } from './fixture.ts';

const inBrowser = { skip: withoutChromium, timeout: 120_000 };

test(
  'N8: what the console reads to stay current is no traffic; what its user does is counted and followed',
  inBrowser,
  async () => {
    await withConsole(async ({ gateway, api, visit }) => {
      await using stream = await listen(gateway);
      const requestsAfter = async (writes: number) =>
        (await stream.untilState(({ traffic }) => traffic.requests.product.writes === writes)).traffic
          .requests;
      await visit('shop', async (page) => {
        const tile = page.getByRole('listitem').filter({ hasText: 'Bell' });
        await tile.getByText('€14.90').waitFor();
        const before = await requestsAfter(2);
        assert.ok(before.product.reads >= 1, 'the visit of the shop');

        const own: string[] = [];
        page.on('request', (request) => {
          if (request.headers()[OWN_READ] !== undefined) own.push(request.url());
        });
        for (const price of [1500, 1600, 1700]) {
          await api.call('PATCH', '/products/bell', { body: { price } });
          await tile.getByText(`€${price / 100}.00`).waitFor();
        }
        assert.ok(own.length >= 3, own.join('\n'));
        assert.deepEqual(await requestsAfter(5), {
          ...before,
          product: { reads: before.product.reads, writes: 5 },
        });

        await tile.getByRole('button', { name: /Add/ }).click();
        const { traffic } = await stream.untilState(({ traffic }) => traffic.requests.cart.writes === 2);
        assert.equal(traffic.requests.product.reads, before.product.reads);
        const followed = stream.steps.flatMap((step) =>
          step.kind === 'request' ? `${step.method} ${step.path}` : [],
        );
        assert.deepEqual(followed.slice(-2), ['POST /carts', 'POST /carts/guest-…/items']);
        assert.equal(followed.filter((text) => text.startsWith('GET')).length, before.product.reads);

        await page.goto(`${gateway}/#/bill`);
        await page
          .getByText(/^All requests to the gateway since .*, without those that keep this console current:/)
          .filter({ hasText: `Product ${before.product.reads} read` })
          .filter({ hasText: 'and 5 writes, Cart 0 reads and 2 writes' })
          .waitFor();
      });
    });
  },
);
