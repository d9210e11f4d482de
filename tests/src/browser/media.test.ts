import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { withoutChromium } from './browser.ts';
import { withConsole } from './fixture.ts';

const inBrowser = { skip: withoutChromium, timeout: 180_000 };

/** Addresses with a text that each shows once it has read what it shows. */
const pages = [
  ['shop', 'Lamp'],
  ['admin', 'Lamp'],
  ['admin/product/bell', 'Held by'],
  ['flow', 'gateway'],
  ['flow/traces', 'Event type'],
  ['dead-letters', 'Redrive 1 message anyway'],
  ['insights', 'Conversion rate'],
  ['faults', 'Kill Cart'],
  ['bill?traffic=average', 'Containers'],
  ['docs', 'CartCheckedOut'],
] as const;

/** Elements that stick out of their panel at the right, unless something between them scrolls. */
const STICKING_OUT = `[...document.querySelectorAll('main .panel')].flatMap((panel) => {
  const { right } = panel.getBoundingClientRect();
  const isCut = (element) => {
    for (let e = element; e !== panel; e = e.parentElement)
      if (e !== element && getComputedStyle(e).overflowX !== 'visible') return true;
    return getComputedStyle(element).position === 'absolute';
  };
  return [...panel.querySelectorAll('*')]
    .filter((e) => !e.closest('svg') && e.getBoundingClientRect().right > right + 1 && !isCut(e))
    .map((e) => e.outerHTML.slice(0, 120));
})`;

const style = (page: Page, selector: string, property: string) =>
  page.evaluate<string[]>(
    `[...document.querySelectorAll('${selector}')].map((e) => getComputedStyle(e)['${property}'])`,
  );

test(
  'at 320 px nothing sticks out of its panel; forced colours keep what colours say; paper is light',
  inBrowser,
  async () => {
    await withConsole(async ({ api, gateway, operator, visit }) => {
      await api.fill(await api.openCart(), { bell: 1 });
      const poison = { body: { queue: 'cart-product-updates-queue' }, token: operator };
      assert.equal((await api.call('POST', '/console/poison', poison)).status, 202);
      const check = async (page: Page) => {
        await page.getByText('Redrive 1 message anyway').waitFor({ timeout: 60_000 });
        const open = async (path: string, text: string) => {
          await page.goto(`${gateway}/#/${path}`);
          await page.getByRole('main').getByText(text).filter({ visible: true }).first().waitFor();
        };
        await page.setViewportSize({ width: 320, height: 800 });
        for (const [path, text] of pages) {
          await open(path, text);
          assert.deepEqual(await page.evaluate(STICKING_OUT), [], path);
        }

        await page.setViewportSize({ width: 1280, height: 900 });
        await page.emulateMedia({ forcedColors: 'active' });
        await open('bill?traffic=average', 'Containers');
        assert.equal(new Set(await style(page, '.composition .bar .group', 'backgroundColor')).size, 8);
        await open('admin', 'Lamp');
        const [current, ...others] = await style(page, '.parts a', 'borderBottomColor');
        assert.ok(others.length > 3 && others.every((colour) => colour !== current));

        await page.emulateMedia({ forcedColors: 'none', colorScheme: 'dark' });
        const [dark] = await style(page, 'body', 'color');
        await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
        const [printed] = await style(page, 'body', 'color');
        await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
        const [light] = await style(page, 'body', 'color');
        assert.notEqual(dark, light);
        assert.equal(printed, light);
      };
      await visit('dead-letters', check, { isOperator: true });
    });
  },
);
