import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { userClient } from '../support/http.ts';
import { publicIdOf } from '../support/public-id.ts';
import { assertAccessible, withoutChromium } from './browser.ts';
import { withConsole } from './fixture.ts';

const inBrowser = { skip: withoutChromium, timeout: 120_000 };
const asOperator = { isOperator: true };

test(
  'an operator sees which carts hold a product, by their public ids, and until when',
  inBrowser,
  async () => {
    await withConsole(async ({ api, visit }) => {
      const cartId = await api.openCart();
      const check = async (page: Page) => {
        const panel = page.getByRole('region', { name: 'Held by', exact: true });
        await panel.getByText('No cart holds a unit.').waitFor();
        await api.fill(cartId, { lamp: 2 });
        const row = panel.getByRole('row').filter({ hasText: publicIdOf(cartId) });
        await row.filter({ hasText: /a guest\s*2\s*1\d min \d+ s/ }).waitFor();
        assert.doesNotMatch(await panel.innerText(), new RegExp(cartId));
        await assertAccessible(page, 'holds');
        await api.call('DELETE', `/carts/${cartId}`);
        await panel.getByText('No cart holds a unit.').waitFor();
      };
      await visit('admin/product/lamp', check, asOperator);
    });
  },
);

test(
  'an operator sees new orders first, pages through all of them, and finds one by its number',
  inBrowser,
  async () => {
    await withConsole(async ({ api, gateway, visit }) => {
      await api.call('POST', '/products/bell/stock', { body: { delta: 500 } });
      const alice = await userClient(gateway, 'alice');
      const order = async (shopper: typeof api, qty: number) => {
        const cartId = await shopper.openCart();
        await shopper.fill(cartId, { bell: qty });
        await shopper.untilHeld(cartId);
        const { status, body } = await shopper.checkOut(cartId);
        assert.equal(status, 200);
        return (body as typeof body & { readonly orderNumber: string }).orderNumber;
      };
      const numbers: string[] = [];
      for (let qty = 1; qty <= 21; qty++) numbers.unshift(await order(api, qty));
      const check = async (page: Page) => {
        const rows = page.getByRole('region', { name: 'Orders' }).getByRole('row');
        await rows.nth(1).filter({ hasText: '21 × Bell' }).waitFor();
        numbers.unshift(await order(alice, 2));
        await rows.nth(1).filter({ hasText: 'alice' }).filter({ hasText: '2 × Bell' }).waitFor();
        await assertAccessible(page, 'orders');
        await page.getByRole('link', { name: 'Older' }).click();
        await rows
          .nth(2)
          .filter({ hasText: numbers[21] ?? '' })
          .waitFor();
        assert.equal(await rows.count(), 3);
        await page.getByRole('link', { name: 'Newer' }).click();
        await rows
          .nth(1)
          .filter({ hasText: numbers[0] ?? '' })
          .waitFor();
        await page
          .getByRole('textbox', { name: 'Order number' })
          .fill(` ${(numbers[5] ?? '').toLowerCase()} `);
        await page.getByRole('button', { name: 'Find the order' }).click();
        await page.getByText('€253.30').first().waitFor();
        await page.getByRole('link', { name: 'Bell' }).click();
        await page.getByRole('heading', { level: 1, name: 'Bell' }).waitFor();
        await page.goto(`${gateway}/#/admin/orders/none`);
        await page.getByRole('alert').filter({ hasText: 'Order not found' }).waitFor();
      };
      await visit('admin/orders', check, asOperator);
    });
  },
);
