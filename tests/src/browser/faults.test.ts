import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { assertAccessible, withoutChromium } from './browser.ts';
import { withConsole } from './fixture.ts';

const inBrowser = { skip: withoutChromium, timeout: 120_000 };
const shows = async (where: Locator, text: string | RegExp) =>
  where.filter({ hasText: text }).first().waitFor();

test('a paused consumer falls behind, and catches up once it resumes', inBrowser, async () => {
  await withConsole(async ({ api, visit }) => {
    const check = async (page: Page) => {
      const charts = page.getByRole('region', { name: 'The last two minutes' }).getByRole('figure');
      const pause = page.getByRole('button', { name: 'Pause Cart’s consumer' });
      await pause.click();
      await shows(charts, /^cart-product-updates-queue\s*0\s*waiting/);
      for (let price = 1; price <= 5; price++) await api.call('PATCH', '/products/bell', { body: { price } });
      await shows(charts, /^cart-product-updates-queue\s*5\s*waiting/);
      await pause.click();
      await shows(charts, /^cart-product-updates-queue\s*0\s*waiting/);
    };
    await visit('faults', check, { isOperator: true });
  });
});

test(
  'M13: a fault shows on its switch at once, and on every page until it is resumed there',
  inBrowser,
  async () => {
    await withConsole(async ({ gateway, visit }) => {
      const check = async (page: Page) => {
        const pause = page.getByRole('button', { name: 'Pause Cart’s consumer' });
        // The response is held back: the switch does not wait for it.
        const held = Promise.withResolvers<void>();
        await page.route('**/console/faults', async (route) => {
          await held.promise;
          await route.continue();
        });
        await pause.click();
        await page.getByText('switching on …').waitFor();
        assert.equal(await pause.getAttribute('aria-pressed'), 'true');
        held.resolve();
        await page.getByRole('link', { name: /Faults.*1 on/ }).waitFor();
        for (const path of ['shop', 'flow', 'bill']) {
          await page.goto(`${gateway}/#/${path}`);
          await page.getByText('Cart’s consumer is paused.').waitFor();
        }
        await page.getByRole('button', { name: 'Switch off: Cart’s consumer is paused.' }).click();
        await page.getByText('Cart’s consumer is paused.').waitFor({ state: 'detached' });
      };
      await visit('faults', check, { isOperator: true });
    });
  },
);

test('M13: a kill shows that the service is away, and when it is back', inBrowser, async () => {
  await withConsole(async ({ visit }) => {
    const check = async (page: Page) => {
      await page.getByRole('button', { name: 'Kill Cart' }).click();
      await page.getByText(/away for .*, comes back by itself/).waitFor();
      await page.getByText('Cart does not answer.').waitFor();
      await page.getByText(/back after \d/).waitFor();
      await page.getByText('Cart does not answer.').waitFor({ state: 'detached' });
    };
    await visit('faults', check, { isOperator: true });
  });
});

test('a switch that fails returns to its state, with the reason', inBrowser, async () => {
  await withConsole(async ({ visit }) => {
    const check = async (page: Page) => {
      await page.route('**/console/faults', (route) =>
        route.fulfill({
          status: 403,
          contentType: 'application/problem+json',
          body: '{"detail":"not allowed"}',
        }),
      );
      const pause = page.getByRole('button', { name: 'Pause Cart’s consumer' });
      await pause.click();
      await shows(page.getByRole('alert'), 'Not allowed');
      assert.equal(await pause.getAttribute('aria-pressed'), 'false');
      await assertAccessible(page, 'faults');
    };
    await visit('faults', check, { isOperator: true });
  });
});
