import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { until } from '../support/until.ts';

/** Cart panel of the shop. */
export const cartOf = (page: Page) => page.getByRole('region', { name: /cart$/ });

/** Adds one unit of a product that is on the page to the cart. */
export const addTo = (page: Page, name: string) =>
  page.getByRole('button', { name: `Add to cart: ${name}` }).click();

/** Resolves once something there has a text. */
export const shows = async (where: Locator, text: string | RegExp) =>
  where.filter({ hasText: text }).first().waitFor();

/** Resolves once nothing of this is left, within 20 seconds: the page tries again at most every five. */
export const vanishes = async (what: Locator) =>
  until(
    () => what.count(),
    (count) => count === 0,
    { deadlineMs: 20_000 },
  );

/** Moves the focus to an element with the Tab key alone. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let tabs = 0; tabs < 150; tabs++) {
    if ((await target.and(page.locator(':focus')).count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`not reachable by Tab: ${String(target)}`);
}
