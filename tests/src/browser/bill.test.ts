import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator } from 'playwright-core';
import { assertAccessible, withoutChromium } from './browser.ts';
import { withConsole } from './fixture.ts';

const inBrowser = { skip: withoutChromium, timeout: 120_000 };
const shows = async (where: Locator, text: string | RegExp) =>
  where.filter({ hasText: text }).first().waitFor();

test(
  'the bill is that of the traffic of this system or of a scenario, which the address names',
  inBrowser,
  async () => {
    await withConsole(async ({ gateway, visit }) => {
      await visit('bill', async (page) => {
        const bill = page.getByRole('region', { name: 'Bill' });
        await page.getByText(/Product \d+ reads? and 2 writes, Cart/).waitFor();
        await bill.getByText(/line items, with their formulas/).click();
        await shows(bill.getByRole('row').filter({ hasText: /\$\d+\.\d\d/ }), 'Fargate');
        await page.getByRole('link', { name: /^1000x/ }).click();
        assert.equal(page.url(), `${gateway}/#/bill?traffic=1000x`);
        await shows(
          bill.getByRole('region', { name: 'Exceeded limits' }).getByRole('row'),
          'hard limit of AWS',
        );
        await page.reload();
        await shows(
          bill.getByRole('region', { name: 'Exceeded limits' }).getByRole('row'),
          'hard limit of AWS',
        );
        await page.getByRole('combobox', { name: 'Traffic' }).selectOption('average');
        await shows(bill, 'Within all limits');
        await page.goBack();
        await shows(
          bill.getByRole('region', { name: 'Exceeded limits' }).getByRole('row'),
          'hard limit of AWS',
        );
        await assertAccessible(page, 'bill');
      });
    });
  },
);

test('M3: the bill looks the same after every other page was visited', inBrowser, async () => {
  await withConsole(async ({ gateway, visit }) => {
    await visit('bill?traffic=average', async (page) => {
      const sizes = async () => {
        await page.getByRole('region', { name: 'Bill' }).waitFor();
        return page.evaluate<unknown>(`[...document.querySelectorAll('main *')].map((element) => {
          const { x, y, width, height } = element.getBoundingClientRect();
          return [element.tagName, x, y, width, height].join(' ');
        })`);
      };
      const before = await sizes();
      for (const path of ['shop', 'admin', 'flow', 'dead-letters', 'faults', 'insights', 'docs']) {
        await page.goto(`${gateway}/#/${path}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
      }
      await page.goto(`${gateway}/#/bill?traffic=average`);
      assert.deepEqual(await sizes(), before);
    });
  });
});
