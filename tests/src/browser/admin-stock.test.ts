import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { until } from '../support/until.ts';
import { withoutChromium } from './browser.ts';
import { type ConsoleFixture, withConsole } from './fixture.ts';
import { vanishes } from './shop.ts';

const inBrowser = { skip: withoutChromium, timeout: 120_000 };
const asOperator = { isOperator: true };

const stock = (page: Page) => page.getByRole('region', { name: 'Stock' });
const facts = async (page: Page) => (await stock(page).getByRole('definition').allTextContents()).map(Number);
const untilFacts = (page: Page, expected: readonly number[]) =>
  until(
    () => facts(page),
    (shown) => String(shown) === String(expected),
  );

/** Chooses what happened to the stock, enters a number of units and records it. */
async function record(page: Page, what: string, units: string): Promise<void> {
  await stock(page).getByRole('combobox').selectOption({ label: what });
  await stock(page).getByRole('textbox').fill(units);
  await stock(page).getByRole('button', { name: 'Record' }).click();
}

test(
  'stock is changed by a delivery, a loss and a count, beside the units that carts hold',
  inBrowser,
  async () => {
    await withConsole(async ({ api, visit }) => {
      const cartId = await api.openCart();
      await api.fill(cartId, { lamp: 2 });
      await api.untilHeld(cartId);
      const check = async (page: Page) => {
        await untilFacts(page, [3, 2, 1]);
        await record(page, 'Delivery', '7');
        await untilFacts(page, [10, 2, 8]);
        await record(page, 'Loss', '9');
        await stock(page)
          .getByRole('alert')
          .filter({ hasText: 'Only 8 units can be recorded as lost' })
          .waitFor();
        await record(page, 'Loss', '8');
        await untilFacts(page, [2, 2, 0]);
        await vanishes(stock(page).getByRole('alert'));
        await stock(page).getByRole('combobox').selectOption({ label: 'Count' });
        await stock(page).getByRole('textbox').fill('1');
        await stock(page).getByText('Carts hold 1 more than that').waitFor();
        await stock(page).getByRole('button', { name: 'Record' }).click();
        await untilFacts(page, [1, 2, 0]);
        assert.equal((await api.product('lamp')).body.onHand, 1);
      };
      await visit('admin/product/lamp', check, asOperator);
    });
  },
);

test(
  'a count of a stock that has changed meanwhile is recorded only when it is sent again',
  inBrowser,
  async () => {
    await withConsole(async ({ api, visit }) => {
      const check = async (page: Page) => {
        await stock(page).getByRole('combobox').selectOption({ label: 'Count' });
        await stock(page).getByRole('textbox').fill('40');
        await api.call('POST', '/products/bell/stock', { body: { delta: -60 } });
        await untilFacts(page, [40, 0, 40]);
        await api.call('POST', '/products/bell/stock', { body: { delta: 2 } });
        await untilFacts(page, [42, 0, 42]);
        await stock(page).getByRole('button', { name: 'Record' }).click();
        await stock(page).getByRole('alert').filter({ hasText: 'there are 42 units on hand' }).waitFor();
        assert.equal((await api.product('bell')).body.onHand, 42);
        await stock(page).getByRole('button', { name: 'Record' }).click();
        await untilFacts(page, [40, 0, 40]);
      };
      await visit('admin/product/bell', check, asOperator);
    });
  },
);

test('M4: an error of one product is not shown at another one', inBrowser, async () => {
  await withConsole(async ({ visit }) => {
    const check = async (page: Page) => {
      // Leaves the edited form all the same.
      page.on('dialog', (dialog) => void dialog.accept());
      await page.locator('[name=price]').fill('many');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await record(page, 'Delivery', 'many');
      await page.getByRole('alert').nth(1).waitFor();
      assert.equal(await page.getByRole('alert').count(), 2);
      await page.getByRole('link', { name: 'All products' }).click();
      await page.getByRole('link', { name: 'Lamp' }).click();
      await page.getByRole('heading', { level: 1, name: 'Lamp' }).waitFor();
      assert.equal(await page.getByRole('alert').count(), 0);
      await page.goto(page.url().replace('product/lamp', 'latency/lamp'));
      await page.getByRole('textbox', { name: 'New price in EUR' }).fill('many');
      await page.getByRole('button', { name: 'Change the price' }).click();
      await page.getByRole('alert').waitFor();
      await page.goto(page.url().replace('latency/lamp', 'latency/bell'));
      await page.getByRole('heading', { level: 2, name: 'Bell' }).waitFor();
      assert.equal(await page.getByRole('alert').count(), 0);
    };
    await visit('admin/product/bell', check, asOperator);
  });
});

test('N6: the page holds a unit only while it observes a cart, and says so', inBrowser, async () => {
  await withConsole(async ({ api, visit }) => {
    const held = async () => (await api.product('lamp')).body.held;
    const check = async (page: Page) => {
      await untilFacts(page, [3, 0, 3]);
      await page.getByRole('link', { name: 'Measure how fast' }).click();
      await page.getByText('The observed cart holds 1 unit of these while you are here').waitFor();
      assert.equal(await held(), 1);
      await page.getByRole('link', { name: 'Products', exact: true }).first().click();
      await until(held, (units) => units === 0);
      await page.getByRole('link', { name: 'Lamp' }).click();
      await untilFacts(page, [3, 0, 3]);
    };
    await visit('admin/product/lamp', check, asOperator);
    await api.call('POST', '/products/lamp/stock', { body: { onHand: 0 } });
    const soldOut = async (page: Page) => {
      await page.getByText('No unit is available for the observed cart').waitFor();
      await page.getByRole('textbox', { name: 'Units delivered' }).fill('5');
      await page.getByRole('button', { name: 'Record the delivery' }).click();
      await page.getByText('The observed cart holds 1 unit of these while you are here').waitFor();
      await vanishes(page.getByRole('alert'));
    };
    await visit('admin/latency/lamp', soldOut, asOperator);
  });
});

test('N6: a reader who leaves while the observed cart is opened leaves no unit held', inBrowser, async () => {
  await withConsole(async ({ gateway, visit }) => {
    const check = async (page: Page) => {
      const added: string[] = [];
      page.on('request', (request) => {
        if (request.url().endsWith('/items')) added.push(request.url());
      });
      const [arrived, gate, done] = [0, 1, 2].map(() => Promise.withResolvers<void>());
      await page.route('**/carts', async (route) => {
        arrived?.resolve();
        await gate?.promise;
        await route.continue();
        done?.resolve();
      });
      await page.goto(`${gateway}/#/admin/latency/lamp`);
      await arrived?.promise;
      await page.getByRole('link', { name: 'Orders', exact: true }).click();
      await page.getByRole('heading', { level: 1, name: 'Orders' }).waitFor();
      const opened = page.waitForResponse('**/carts');
      gate?.resolve();
      await done?.promise;
      await (await opened).finished();
      // What follows the response is sent before the next page is.
      await page.getByRole('link', { name: 'Import', exact: true }).click();
      await page.getByRole('heading', { level: 1, name: 'Import' }).waitFor();
      assert.deepEqual(added, []);
    };
    await visit('admin', check, asOperator);
  });
});

/** Opens the observed cart of a product; resolves to what the page says about a checkout, and to the status of a real one. */
async function withObservedCart(
  { visit, api }: ConsoleFixture,
  productId: string,
  check: (says: (text: string) => Promise<void>, checkOut: () => Promise<number>) => Promise<void>,
): Promise<void> {
  const observe = async (page: Page) => {
    const opened = page.waitForResponse(
      (response) => response.url().endsWith('/carts') && response.status() === 201,
    );
    await page.goto(`${page.url().replace(/#.*/, '')}#/admin/latency/${productId}`);
    const { cartId } = (await (await opened).json()) as { cartId: string };
    const cart = page.getByRole('region', { name: 'Observed cart' });
    await check(
      (text) => cart.getByText(text, { exact: true }).waitFor(),
      async () => (await api.checkOut(cartId)).status,
    );
  };
  await visit('admin', observe, asOperator);
}

test('M5: the page says that a line can be bought only if a checkout succeeds', inBrowser, async () => {
  await withConsole(async (fixture) => {
    const { api } = fixture;
    await withObservedCart(fixture, 'bell', async (says, checkOut) => {
      await says('Can be bought');
      await api.call('PATCH', '/products/bell', { body: { price: 1990 } });
      await says('Cannot be bought until the customer accepts the new price');
      assert.equal(await checkOut(), 409);
      await api.call('PATCH', '/products/bell', { body: { price: 1490, currency: 'USD' } });
      await says('Cannot be bought in this cart: the price is now in another currency');
      assert.equal(await checkOut(), 409);
      await api.call('PATCH', '/products/bell', { body: { currency: 'EUR' } });
      await says('Can be bought');
      assert.equal(await checkOut(), 200);
    });
    await withObservedCart(fixture, 'lamp', async (says, checkOut) => {
      await says('Can be bought');
      await api.call('DELETE', '/products/lamp');
      await says('Cannot be bought: the product is no longer sold');
      assert.equal(await checkOut(), 409);
    });
  });
});

test(
  'M5: a line whose hold has expired and whose units others took cannot be bought',
  inBrowser,
  async () => {
    await withConsole(
      async (fixture) => {
        const { api } = fixture;
        await withObservedCart(fixture, 'lamp', async (says, checkOut) => {
          await says('Can be bought');
          await until(
            () => api.product('lamp'),
            ({ body }) => body.held === 0,
          );
          await api.call('POST', '/products/lamp/stock', { body: { onHand: 0 } });
          await says('Cannot be bought: not enough stock');
          assert.equal(await checkOut(), 409);
        });
      },
      { HOLD_SECONDS: '2' },
    );
  },
);
