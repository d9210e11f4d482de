import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { assertAccessible, withoutChromium } from './browser.ts';
import { withConsole } from './fixture.ts';

const pages = ['shop', 'flow', 'admin', 'dead-letters', 'insights', 'faults', 'bill', 'docs'].map((path) => ({
  path,
  heading: new RegExp(path.replace('-', ' '), 'i'),
}));
/** Limit of bytes transferred until the first page is usable. */
const MAX_BYTES = 120_000;

const inBrowser = { skip: withoutChromium, timeout: 120_000 };
const cartOf = (page: Page) => page.getByRole('region', { name: /cart$/ });
const add = async (page: Page, name: string) =>
  page.getByRole('listitem').filter({ hasText: name }).getByRole('button', { name: /Add/ }).click();
const shows = async (where: Locator, text: string | RegExp) =>
  where.filter({ hasText: text }).first().waitFor();

test('a guest filters, adds, accepts a changed price, signs in and checks out', inBrowser, async () => {
  await withConsole(async ({ api, visit }) => {
    await visit('shop', async (page) => {
      await page.getByRole('combobox', { name: 'Category' }).selectOption('lights');
      await page.getByRole('heading', { name: 'Bell' }).waitFor({ state: 'detached' });
      await add(page, 'Lamp');
      const cart = cartOf(page);
      await shows(cart, '€49.90');
      await page.getByRole('button', { name: 'One more: Lamp' }).click();
      await shows(cart, '€99.80');

      await api.call('PATCH', '/products/lamp', { body: { price: 5990 } });
      const accept = page.getByRole('button', { name: 'Accept new price: Lamp' });
      await accept.waitFor();
      await accept.click();
      await shows(cart, '€119.80');

      await page.getByRole('button', { name: 'Alice' }).click();
      await shows(page.getByRole('region', { name: "Alice's cart" }), '€119.80');
      await page.getByRole('button', { name: 'Check out' }).click();
      await page.getByRole('heading', { name: 'Order placed' }).waitFor();
    });
    assert.equal((await api.product('lamp')).body.inventory, 1);
  });
});

test(
  'a shortage shows how many units are available, and a deleted product can be removed',
  inBrowser,
  async () => {
    await withConsole(async ({ api, visit }) => {
      await visit('shop', async (page) => {
        await add(page, 'Lamp');
        await page.getByRole('spinbutton', { name: 'Quantity of Lamp' }).fill('7');
        await page.getByRole('spinbutton', { name: 'Quantity of Lamp' }).press('Enter');
        await shows(page.getByRole('alert'), 'Only 3 units of Lamp are available');
        await api.call('DELETE', '/products/lamp');
        await shows(cartOf(page), 'This product is no longer sold.');
        await page.getByRole('button', { name: 'Remove: Lamp' }).click();
        await shows(cartOf(page), 'The cart is empty');
      });
    });
  },
);

test('on the Admin page a new price appears in the observed cart, with its latency', inBrowser, async () => {
  await withConsole(async ({ visit }) => {
    const check = async (page: Page) => {
      const cart = page.getByRole('region', { name: 'Observed cart' });
      await shows(cart, '€14.90');
      await page.getByRole('textbox', { name: 'New price in EUR' }).fill('19.90');
      await page.getByRole('button', { name: 'Change the price' }).click();
      await shows(cart, '€19.90');
      await shows(
        page.getByRole('region', { name: 'Latency from click to cart' }),
        /visible in the cart \d+/,
      );
    };
    await visit('admin/latency', check, { isOperator: true });
    await visit('admin/latency', async (page) => {
      assert.equal(await page.getByRole('textbox', { name: 'New price in EUR' }).isDisabled(), true);
    });
  });
});

test('each event is documented', inBrowser, async () => {
  await withConsole(async ({ visit }) => {
    await visit('docs', async (page) => {
      await page.getByLabel('Schema and example of CartCheckedOut').click();
      await shows(page.getByRole('region', { name: 'Example of CartCheckedOut' }), '"totalAmount"');
      await assertAccessible(page, 'an event');
    });
  });
});

test(
  'the keyboard alone suffices to skip to the content, change the page, fill a cart and empty it',
  inBrowser,
  async () => {
    await withConsole(async ({ visit }) => {
      await visit('flow', async (page) => {
        const press = (key: string) => page.keyboard.press(key);
        const tabTo = async (target: Locator) => {
          for (let tabs = 0; tabs < 150; tabs++) {
            if ((await target.and(page.locator(':focus')).count()) > 0) return;
            await press('Tab');
          }
          assert.fail(`not reachable by Tab: ${String(target)}`);
        };
        await tabTo(page.getByRole('link', { name: 'Skip to main content' }));
        await press('Enter');
        await page.locator('#main:focus').waitFor();
        await press('Shift+Tab');
        await tabTo(page.getByRole('link', { name: /^Shop/ }));
        await press('Enter');
        await page.getByRole('heading', { name: 'Shop' }).waitFor();
        const bell = page
          .getByRole('listitem')
          .filter({ hasText: 'Bell' })
          .getByRole('button', { name: /Add/ });
        await bell.waitFor();
        await tabTo(bell);
        await press('Enter');
        await shows(cartOf(page), '€14.90');
        await tabTo(page.getByRole('button', { name: 'Remove: Bell' }));
        await press('Enter');
        await shows(cartOf(page), 'The cart is empty');
      });
    });
  },
);

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 360]) {
    test(`all pages are accessible: ${colorScheme}, ${width} px wide`, inBrowser, async () => {
      await withConsole(async ({ gateway, visit }) => {
        const check = async (page: Page) => {
          for (const { path, heading } of pages) {
            await page.goto(`${gateway}/#/${path}`);
            await page.getByRole('heading', { level: 1, name: heading }).waitFor();
            await assertAccessible(page, path);
          }
        };
        await visit('shop', check, { isOperator: true, colorScheme, viewport: { width, height: 800 } });
      });
    });
  }
}

test('the first page needs few bytes', inBrowser, async (t) => {
  await withConsole(async ({ visit }) => {
    await visit('shop', async (page) => {
      await page.getByRole('heading', { name: 'Bell' }).waitFor();
      // encodedBodySize is that of a first visit, cached or not.
      const [bytes = 0, count = 0, paintMs = 0] = await page.evaluate<number[]>(`(() => {
        const all = ['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type));
        const [paint] = performance.getEntriesByName('first-contentful-paint');
        return [all.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0), all.length, paint.startTime];
      })()`);
      t.diagnostic(
        `${bytes} bytes in ${count} responses; first contentful paint after ${Math.round(paintMs)} ms`,
      );
      assert.ok(bytes > 20_000 && bytes < MAX_BYTES, `${bytes} bytes`);
    });
  });
});
