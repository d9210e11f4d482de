import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProductBody } from '../support/http.ts';
import { withoutChromium } from './browser.ts';
import { withConsole } from './fixture.ts';

const inBrowser = { skip: withoutChromium, timeout: 120_000 };

test(
  'M12: the page of an API is on the host of the console; "Try it" creates a product that a shop would sell',
  inBrowser,
  () =>
    withConsole(async ({ visit, operator, api }) => {
      await visit('docs', async (page) => {
        await page.getByRole('link', { name: 'Product API documentation' }).click();
        await page.waitForURL(/\/docs\/product\/$/);
        await page.getByRole('banner').getByText('Tandem Product API').waitFor();
        assert.equal(await page.title(), 'Tandem Product API');
        assert.equal(await page.locator('.topbar, img[alt*="Swagger"]').count(), 0);

        await page.getByRole('button', { name: 'Authorize' }).click();
        await page.locator('.auth-container input').fill(operator);
        await page.locator('.auth-container').getByRole('button', { name: 'Apply credentials' }).click();
        await page.reload();

        await page.locator('#operations-Products-post_products').getByRole('button').first().click();
        const response = page.waitForResponse((received) => received.request().method() === 'POST');
        await page
          .locator('#operations-Products-post_products')
          .getByRole('button', { name: 'Execute' })
          .click();
        const created = await response;
        assert.equal(created.status(), 201, await created.text());
        assert.equal(new URL(created.url()).origin, new URL(page.url()).origin);
        const { productId } = (await created.json()) as ProductBody;
        const { body } = await api.product(productId);
        assert.deepEqual([body.name, body.currency, body.inventory], ['Repair stand, foldable', 'EUR', 25]);

        await page.getByRole('link', { name: 'Back to the console' }).click();
        await page.waitForURL((url) => url.pathname === '/');
      });
    }),
);
