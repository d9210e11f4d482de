import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { until } from '../support/until.ts';
import { withoutChromium } from './browser.ts';
import { withConsole } from './fixture.ts';
import { vanishes } from './shop.ts';

const inBrowser = { skip: withoutChromium, timeout: 120_000 };
const asOperator = { isOperator: true };

const rows = (page: Page) => page.getByRole('region', { name: 'Products' }).getByRole('row');
const row = (page: Page, name: string) => rows(page).filter({ hasText: name });
const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true });
const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true }).click();
const saved = (page: Page) => page.getByRole('status').filter({ hasText: 'Saved.' }).waitFor();

test('M8: every field of a product can be edited at its own address', inBrowser, async () => {
  await withConsole(async ({ api, visit }) => {
    const check = async (page: Page) => {
      const texts = {
        Name: 'Bell Duo',
        Description: 'Two tones.\nLoud.',
        Category: 'bells',
        Price: '19,90',
        Currency: 'usd',
        'Image address': '/images/bell.svg',
        'Limit per cart': '4',
      };
      await field(page, 'Name').waitFor();
      for (const [name, text] of Object.entries(texts))
        await page.getByLabel(name, { exact: true }).fill(text);
      await save(page);
      await saved(page);
      const { name, description, category, price, currency, maxPerCart, ...rest } = (
        await api.product('bell')
      ).body;
      assert.deepEqual(
        [name, description, category, price, currency, maxPerCart],
        ['Bell Duo', 'Two tones.\nLoud.', 'bells', 1990, 'USD', 4],
      );
      assert.equal('imageUrl' in rest && rest.imageUrl, '/images/bell.svg');
      await field(page, 'Limit per cart').fill('');
      await save(page);
      await saved(page);
      assert.equal((await api.product('bell')).body.maxPerCart, undefined);
    };
    await visit('admin/product/bell', check, asOperator);
    await visit('admin/product/bell', async (page) => {
      await field(page, 'Name').waitFor();
      assert.equal(await field(page, 'Name').isDisabled(), true);
    });
    await visit('admin/product/nothing', (page) =>
      page.getByText('There is no product with the id “nothing”').waitFor(),
    );
  });
});

test(
  'errors mark the fields that they concern, those of the page and those of the API',
  inBrowser,
  async () => {
    await withConsole(async ({ api, visit }) => {
      const check = async (page: Page) => {
        await field(page, 'Price').fill('1,000');
        await save(page);
        const price = page.locator('[name=price][aria-invalid=true]');
        await price.waitFor();
        assert.match(
          await price.evaluate((input) => input.ariaDescribedByElements?.[0]?.textContent ?? ''),
          /EUR/,
        );
        await page.locator('[name=price]:focus').waitFor();
        await field(page, 'Price').fill('15');
        await field(page, 'Image address').fill('ftp://nowhere');
        await save(page);
        await page.locator('[name=imageUrl][aria-invalid=true]:focus').waitFor();
        await price.waitFor({ state: 'detached' });
        assert.equal((await api.product('bell')).body.price, 1490);
        await page.getByRole('button', { name: 'Discard changes' }).click();
        await page.locator('[aria-invalid=true]').waitFor({ state: 'detached' });
        assert.equal(await field(page, 'Price').inputValue(), '14.90');
      };
      await visit('admin/product/bell', check, asOperator);
      const create = async (page: Page) => {
        await field(page, 'Name').fill('Horn');
        await field(page, 'Price').fill('9.90');
        await field(page, 'Id').fill('bell');
        await page.getByRole('button', { name: 'Create product' }).click();
        await page.locator('[name=productId][aria-invalid=true]:focus').waitFor();
        await field(page, 'Id').fill('a b');
        await page.getByRole('button', { name: 'Create product' }).click();
        await page.getByText('Must be 1 to 128 letters').waitFor();
        await page.getByRole('alert').filter({ hasText: 'Correct the marked fields' }).waitFor();
        await field(page, 'Id').fill('horn');
        await page.getByRole('button', { name: 'Create product' }).click();
        await page.getByRole('heading', { level: 1, name: 'Horn' }).waitFor();
        const { price, currency, onHand } = (await api.product('horn')).body;
        assert.deepEqual([price, currency, onHand], [990, 'EUR', 10]);
      };
      await visit('admin/new', create, asOperator);
    });
  },
);

test('a change by somebody else is shown, and the texts of the reader are kept', inBrowser, async () => {
  await withConsole(async ({ api, visit }) => {
    const check = async (page: Page) => {
      await field(page, 'Name').fill('Bell Duo');
      await api.call('PATCH', '/products/bell', { body: { price: 1990 } });
      await page.getByText('Price: €14.90 €19.90').waitFor();
      await save(page);
      await page.getByRole('alert').filter({ hasText: 'Nothing was saved' }).waitFor();
      await page.getByText('Price: €14.90 €19.90').waitFor();
      assert.equal(await field(page, 'Name').inputValue(), 'Bell Duo');
      assert.equal(await field(page, 'Price').inputValue(), '19.90');
      assert.equal((await api.product('bell')).body.name, 'Bell');
      await save(page);
      await saved(page);
      const { name, price } = (await api.product('bell')).body;
      assert.deepEqual([name, price], ['Bell Duo', 1990]);
    };
    await visit('admin/product/bell', check, asOperator);
  });
});

test('price 0 asks first', inBrowser, async () => {
  await withConsole(async ({ api, visit }) => {
    const check = async (page: Page) => {
      await field(page, 'Price').fill('0');
      page.once('dialog', (dialog) => void dialog.dismiss());
      await save(page);
      assert.equal(await field(page, 'Price').inputValue(), '0');
      assert.equal((await api.product('bell')).body.price, 1490);
      page.once('dialog', (dialog) => void dialog.accept());
      await save(page);
      await saved(page);
      assert.equal((await api.product('bell')).body.price, 0);
    };
    await visit('admin/product/bell', check, asOperator);
  });
});

test(
  'M8: a deletion is undone with all fields and the stock on hand, and says what is not',
  inBrowser,
  async () => {
    await withConsole(async ({ api, visit }) => {
      await api.call('PATCH', '/products/bell', { body: { description: 'Rings.', maxPerCart: 9 } });
      const cartId = await api.openCart();
      await api.fill(cartId, { bell: 2 });
      await api.untilHeld(cartId);
      const check = async (page: Page) => {
        await page.getByRole('definition').filter({ hasText: /^98$/ }).waitFor();
        const { version, updatedAt, createdAt, held, inventory, ...before } = (
          await api.call('GET', '/products/bell')
        ).body;
        await page.getByRole('button', { name: 'Delete this product' }).click();
        const notice = page.getByRole('status').filter({ hasText: 'Bell was deleted' });
        await notice.filter({ hasText: 'but not the 2 units that carts held' }).waitFor();
        await vanishes(row(page, 'Bell'));
        assert.equal((await api.product('bell')).status, 404);
        await page.getByRole('button', { name: 'Undo the deletion of Bell' }).click();
        await page.getByRole('link', { name: 'Bell' }).first().waitFor();
        await row(page, 'Bell').waitFor();
        const after = (await api.call('GET', '/products/bell')).body;
        for (const [name, value] of Object.entries(before)) assert.deepEqual(after[name], value, name);
        assert.equal(after['held'], 0);
      };
      await visit('admin/product/bell', check, asOperator);
    });
  },
);

test(
  'an edited form asks before it is left, with the keyboard too, and keeps its texts if the reader stays',
  inBrowser,
  async () => {
    await withConsole(async ({ visit }) => {
      const check = async (page: Page) => {
        const questions: string[] = [];
        let isLeft = false;
        page.on('dialog', (dialog) => {
          questions.push(dialog.type());
          void (isLeft ? dialog.accept() : dialog.dismiss());
        });
        const asked = (count: number, hash: string) =>
          until(
            () => [questions.length, new URL(page.url()).hash].join(' '),
            (found) => found === `${count} ${hash}`,
          );
        const shop = page.getByRole('link', { name: /^Shop/ });
        await field(page, 'Name').fill('Bell Duo');
        await shop.focus();
        await page.keyboard.press('Enter');
        await asked(1, '#/admin/product/bell');
        await page.goBack();
        await asked(2, '#/admin/product/bell');
        await page.close({ runBeforeUnload: true });
        await asked(3, '#/admin/product/bell');
        assert.deepEqual(questions, ['confirm', 'confirm', 'beforeunload']);
        assert.equal(await field(page, 'Name').inputValue(), 'Bell Duo');

        await field(page, 'Name').fill('Bell');
        await shop.click();
        await page.getByRole('heading', { name: 'Lamp' }).waitFor();
        await page.goBack();
        await field(page, 'Name').fill('Bell Duo');
        isLeft = true;
        await shop.click();
        await page.getByRole('heading', { name: 'Lamp' }).waitFor();
        await asked(4, '#/shop');

        await page.getByRole('link', { name: /^Admin Products/ }).click();
        await page.getByRole('link', { name: 'New product' }).click();
        await field(page, 'Name').fill('Horn');
        await field(page, 'Price').fill('9');
        await page.getByRole('button', { name: 'Create product' }).click();
        await page.getByRole('heading', { name: 'Horn' }).waitFor();
        await shop.click();
        await page.getByRole('heading', { name: 'Lamp' }).waitFor();
        assert.equal(questions.length, 4);
      };
      await visit('admin/product/bell', check, asOperator);
    });
  },
);
