import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertAccessible, withoutChromium } from './browser.ts';
import { withConsole } from './fixture.ts';
import { addTo, cartOf, shows, tabTo, vanishes } from './shop.ts';

const inBrowser = { skip: withoutChromium, timeout: 180_000 };

test('M4: an error goes once its cause is gone, and names the product', inBrowser, async () => {
  await withConsole(async ({ api, visit }) => {
    await visit('shop', async (page) => {
      const alert = page.getByRole('alert');
      await addTo(page, 'Lamp');
      await page.getByRole('spinbutton', { name: 'Quantity of Lamp' }).fill('7');
      await page.getByRole('spinbutton', { name: 'Quantity of Lamp' }).press('Enter');
      await shows(alert, 'Only 3 units of Lamp are available. Lower the quantity.');
      await api.call('POST', '/products/lamp/stock', { body: { delta: 9 } });
      await page.getByRole('button', { name: 'One more: Lamp' }).click();
      await vanishes(alert);

      await api.call('PATCH', '/products/lamp', { body: { price: 5990 } });
      const accept = page.getByRole('button', { name: 'Accept new price: Lamp' });
      const checkOut = page.getByRole('button', { name: 'Check out' });
      await accept.waitFor();
      await checkOut.click();
      await shows(alert, 'Lamp has changed. Accept the new price');
      await accept.click();
      await vanishes(alert);
      await checkOut.click();
      await page.getByRole('heading', { name: 'Order placed' }).waitFor();
    });
  });
});

test('M10: an order has a number, a time, lines and a total, and is found again', inBrowser, async () => {
  await withConsole(async ({ visit }) => {
    await visit('shop', async (page) => {
      await addTo(page, 'Bell');
      await page.getByRole('button', { name: 'Check out' }).click();
      const article = page.getByRole('article');
      await shows(
        article,
        /Order [0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}, .*\d:\d\d.*guest.*Bell.*1 × €14\.90.*Total.*€14\.90/s,
      );
      const ofGuest = page.url();
      await shows(page.getByRole('region', { name: 'Your cart' }), /Sold by Product after \d+ ms/);
      await assertAccessible(page, 'an order');
      await page.reload();
      await shows(article, 'Bell');

      await page.getByRole('button', { name: 'Sign in as Alice' }).click();
      await page.getByRole('link', { name: 'All products' }).click();
      await addTo(page, 'Lamp');
      await page.getByRole('button', { name: 'Check out' }).click();
      await shows(article, 'Lamp');
      const ofAlice = page.url();
      assert.notEqual(ofAlice, ofGuest);
      await page.reload();
      await shows(article, 'Lamp');
      await page.getByRole('region', { name: /cart$/ }).getByRole('link', { name: 'Orders' }).click();
      const row = page.getByRole('row').filter({ hasText: '1 × Lamp' });
      await row.waitFor();
      assert.equal(await page.getByRole('row').count(), 2, 'the order of the guest is not hers');
      await row.getByRole('link').click();
      await shows(article, '€49.90');

      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'Order not found' }).waitFor();
    });
  });
});

test('M11: two tabs share the cart and the user, and closing them loses neither', inBrowser, async () => {
  await withConsole(async ({ gateway, visit }) => {
    await visit('shop', async (first) => {
      const second = await first.context().newPage();
      await second.goto(`${gateway}/#/shop`);
      await addTo(first, 'Bell');
      await shows(cartOf(second), '€14.90');
      await addTo(second, 'Lamp');
      await shows(cartOf(first), '€64.80');
      await first.getByRole('button', { name: 'Sign in as Bob' }).click();
      await shows(second.getByRole('region', { name: "Bob's cart" }), '€64.80');
      await first.getByRole('button', { name: 'Sign out' }).click();
      await shows(second.getByRole('region', { name: 'Your cart' }), 'The cart is empty');
      await addTo(second, 'Bell');
      await shows(cartOf(second), '€14.90');
      await second.close();
      const third = await first.context().newPage();
      await third.goto(`${gateway}/#/shop`);
      await shows(third.getByRole('region', { name: 'Your cart' }), '€14.90');
    });
  });
});

test("a guest's cart in JPY is kept beside a user's cart in EUR", inBrowser, async () => {
  await withConsole(async ({ api, visit }) => {
    await api.putProduct('fan', { name: 'Fan', price: 1200, currency: 'JPY' });
    await visit('shop', async (page) => {
      await page.getByRole('button', { name: 'Sign in as Bob' }).click();
      await addTo(page, 'Bell');
      await shows(cartOf(page), '€14.90');
      await page.getByRole('button', { name: 'Sign out' }).click();
      await addTo(page, 'Fan');
      await shows(cartOf(page), '¥1,200');
      await addTo(page, 'Bell');
      await shows(page.getByRole('alert'), 'Bell is sold in another currency');
      await page.getByRole('button', { name: 'Sign in as Bob' }).click();
      const bobs = page.getByRole('region', { name: "Bob's cart" });
      await shows(bobs, '€14.90');
      await shows(bobs.getByRole('status'), "guest is in JPY, Bob's cart is in EUR: both are kept");
      await page.reload();
      await shows(bobs, 'Your cart as a guest is kept');
      await page.getByRole('button', { name: 'Sign out' }).click();
      await shows(page.getByRole('region', { name: 'Your cart' }), '¥1,200');
    });
  });
});

test('after each action a line says what Product did and leads to the trace', inBrowser, async () => {
  await withConsole(async ({ visit }) => {
    await visit('shop', async (page) => {
      const cart = cartOf(page);
      await addTo(page, 'Bell');
      await shows(cart, /Reserved by Product after \d+ ms/);
      const trace = await cart.getByRole('link', { name: 'Follow it' }).getAttribute('href');
      assert.match(String(trace), /^#\/flow\/trace\/[0-9a-f]{32}$/);
      await page.getByRole('button', { name: 'Remove: Bell' }).click();
      await shows(cart, /Released by Product after \d+ ms/);
      await page.getByRole('button', { name: 'Undo: put Bell back' }).click();
      await shows(cart, '€14.90');
      await page.getByRole('button', { name: 'Undo' }).waitFor({ state: 'detached' });
      await cart.getByRole('link', { name: 'Follow it' }).click();
      await shows(page.getByRole('main'), 'ProductAddedToCart');
    });
  });
});

test('a hold counts down, expires, and is requested again', inBrowser, async () => {
  await withConsole(
    async ({ visit }) => {
      await visit('shop', async (page) => {
        await addTo(page, 'Bell');
        await shows(cartOf(page), /Held for you for 0:0\d/);
        const again = page.getByRole('button', { name: 'Hold again: Bell' });
        await again.click();
        await shows(cartOf(page), /Held for you for 0:0\d/);
      });
    },
    { HOLD_SECONDS: '4' },
  );
});

test('the keyboard alone suffices to search, buy and see the order', inBrowser, async () => {
  await withConsole(async ({ visit }) => {
    await visit('shop', async (page) => {
      await tabTo(page, page.getByRole('searchbox', { name: 'Search' }));
      await page.keyboard.type('lam');
      await page.getByRole('heading', { name: 'Bell' }).waitFor({ state: 'detached' });
      await tabTo(page, page.getByRole('link', { name: 'Lamp' }));
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: 'Lamp' }).waitFor();
      await page.locator('#main:focus').waitFor();
      await tabTo(page, page.getByRole('button', { name: 'Add to cart: Lamp' }));
      await page.keyboard.press('Enter');
      await shows(cartOf(page), '€49.90');
      await tabTo(page, page.getByRole('button', { name: 'Check out' }));
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Order placed' }).waitFor();
    });
  });
});
