import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { barriers, withoutChromium } from './browser.ts';
import { onStage } from './stage.ts';

const rooms = ['shop', 'flow', 'desk', 'dead-letters', 'faults', 'bill', 'docs'].map((path) => ({
  path,
  heading: new RegExp(path.replace('-', ' '), 'i'),
}));
/** What is sent until the first room can be used. */
const MOST_BYTES = 200_000;

const inBrowser = { skip: withoutChromium, timeout: 120_000 };
const cartOf = (page: Page) => page.getByRole('region', { name: /cart$/ });
const add = async (page: Page, name: string) =>
  page.getByRole('listitem').filter({ hasText: name }).getByRole('button', { name: /Add/ }).click();
const shows = async (where: Locator, text: string | RegExp) =>
  where.filter({ hasText: text }).first().waitFor();

/** Nobody is kept out, and nothing has to be pushed aside to be read. */
async function welcomesAll(page: Page, path: string): Promise<void> {
  assert.deepEqual(await barriers(page), [], path);
  const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
  assert.ok(overflow <= 0, `${path} is ${overflow} px too wide`);
}

test(
  'a guest buys: filter, add, a price that changes in the open cart, accept, sign in, check out',
  inBrowser,
  async () => {
    await onStage(async ({ api, visit }) => {
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
        await page.getByRole('heading', { name: 'Bought' }).waitFor();
      });
      assert.equal((await api.product('lamp')).body.inventory, 1);
    });
  },
);

test('what cannot be had says so, and what can be had instead', inBrowser, async () => {
  await onStage(async ({ api, visit }) => {
    await visit('shop', async (page) => {
      await add(page, 'Lamp');
      await page.getByRole('spinbutton', { name: 'Quantity of Lamp' }).fill('7');
      await page.getByRole('spinbutton', { name: 'Quantity of Lamp' }).press('Enter');
      await shows(page.getByRole('alert'), 'Only 3 units are available');
      await api.call('DELETE', '/products/lamp');
      await page.getByRole('button', { name: 'Remove: Lamp, which is not available' }).click();
      await shows(cartOf(page), 'Nothing is in it yet');
    });
  });
});

test('at the desk a new price appears in the open cart, and how long it took', inBrowser, async () => {
  await onStage(async ({ visit }) => {
    const look = async (page: Page) => {
      const cart = page.getByRole('region', { name: 'A cart with it' });
      await shows(cart, '€14.90');
      await page.getByRole('textbox', { name: 'New price in EUR' }).fill('19.90');
      await page.getByRole('button', { name: 'Change the price' }).click();
      await shows(cart, '€19.90');
      await shows(
        page.getByRole('region', { name: 'From the click to the cart' }),
        /visible in the cart \d+/,
      );
    };
    await visit('desk', look, { isOperator: true });
    await visit('desk', async (page) => {
      assert.equal(await page.getByRole('textbox', { name: 'New price in EUR' }).isDisabled(), true);
    });
  });
});

test('poison ends among the dead letters, is shown there and sent again', inBrowser, async () => {
  await onStage(async ({ visit }) => {
    const look = async (page: Page) => {
      await page.getByRole('button', { name: 'Send poison to cart-product-updates-queue' }).click();
      await page.getByRole('status').getByRole('link', { name: 'cart-product-updates-dlq' }).click();
      const letters = page.getByRole('region', { name: 'cart-product-updates-dlq' });
      await shows(letters, '/price: ');
      await page.setViewportSize({ width: 360, height: 800 });
      await welcomesAll(page, 'a letter');
      await page.getByRole('button', { name: 'Redrive all' }).click();
      await shows(letters, '0 letters sent, 1 left');
      await page.getByRole('button', { name: 'Send all nevertheless' }).click();
      await page.getByRole('button', { name: 'Yes, send all nevertheless' }).click();
      await shows(letters, '1 letter sent, 0 left');
      await shows(letters, 'Nothing lies here');
      await shows(letters, '/price: ');
    };
    await visit('dead-letters', look, { isOperator: true });
  });
});

test('a consumer that is paused falls behind, and catches up when it goes on', inBrowser, async () => {
  await onStage(async ({ api, visit }) => {
    const look = async (page: Page) => {
      const strips = page.getByRole('region', { name: 'The last two minutes' });
      const pause = page.getByRole('button', { name: 'Pause Cart’s consumer' });
      await pause.click();
      await shows(strips, /^cart-product-updates-queue\s*0\s*waiting/);
      for (let price = 1; price <= 5; price++) await api.call('PATCH', '/products/bell', { body: { price } });
      await shows(strips, /^cart-product-updates-queue\s*5\s*waiting/);
      await pause.click();
      await shows(strips, /^cart-product-updates-queue\s*0\s*waiting/);
    };
    await visit('faults', look, { isOperator: true });
  });
});

test(
  'the keyboard is enough: to skip to the room, go to another one, fill a cart and empty it',
  inBrowser,
  async () => {
    await onStage(async ({ visit }) => {
      await visit('flow', async (page) => {
        const press = (key: string) => page.keyboard.press(key);
        const tabTo = async (target: Locator) => {
          for (let tabs = 0; tabs < 60; tabs++) {
            if ((await target.and(page.locator(':focus')).count()) > 0) return;
            await press('Tab');
          }
          assert.fail(`no way by Tab to ${String(target)}`);
        };
        await tabTo(page.getByRole('link', { name: 'Skip to the room' }));
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
        await shows(cartOf(page), 'Nothing is in it yet');
      });
    });
  },
);

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 360]) {
    test(`no room keeps anybody out: ${colorScheme}, ${width} px wide`, inBrowser, async () => {
      await onStage(async ({ gateway, visit }) => {
        const look = async (page: Page) => {
          for (const { path, heading } of rooms) {
            await page.goto(`${gateway}/#/${path}`);
            await page.getByRole('heading', { level: 1, name: heading }).waitFor();
            assert.deepEqual(await barriers(page), [], path);
            const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
            assert.ok(overflow <= 0, `${path} is ${overflow} px too wide`);
          }
        };
        await visit('shop', look, { isOperator: true, colorScheme, viewport: { width, height: 800 } });
      });
    });
  }
}

test('the first room is there for little', inBrowser, async (t) => {
  await onStage(async ({ visit }) => {
    await visit('shop', async (page) => {
      await page.getByRole('heading', { name: 'Bell' }).waitFor();
      // Cached or not: what it would be for whoever comes first.
      const [bytes = 0, count = 0, paintMs = 0] = await page.evaluate<number[]>(`(() => {
        const all = ['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type));
        const [paint] = performance.getEntriesByName('first-contentful-paint');
        return [all.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0), all.length, paint.startTime];
      })()`);
      t.diagnostic(
        `${bytes} bytes in ${count} answers; first contentful paint after ${Math.round(paintMs)} ms`,
      );
      assert.ok(bytes > 20_000 && bytes < MOST_BYTES, `${bytes} bytes`);
    });
  });
});
