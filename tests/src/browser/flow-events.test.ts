import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client } from '../support/http.ts';
import { until } from '../support/until.ts';
import { assertAccessible, withoutChromium } from './browser.ts';
import { withConsole, withOutages } from './fixture.ts';
import { flowOf } from './flow-support.ts';

const inBrowser = { skip: withoutChromium, timeout: 180_000 };

type Api = ReturnType<typeof client>;

/** Changes the price of a product many times, several at once. */
async function changePrices({ call }: Pick<Api, 'call'>, changes: number): Promise<void> {
  let price = 0;
  const worker = async () => {
    while (price < changes) await call('PATCH', '/products/lamp', { body: { price: (price += 1) } });
  };
  await Promise.all([worker(), worker(), worker(), worker(), worker(), worker()]);
}

test(
  'M6: an opened trace is still there after 5,000 further steps, a reload, and for another reader',
  inBrowser,
  async () => {
    await withConsole(async ({ api, gateway, visit }) => {
      await visit('flow', async (page) => {
        await flowOf(page).generate();
        const rows = await flowOf(page).settledRows();
        assert.deepEqual(rows.slice(0, 3), ['POST /carts/guest-…/items', 'ProductAddedToCart', 'Product']);
        const path = new URL(page.url()).hash.slice(2);
        assert.match(path, /^flow\/trace\/[0-9a-f]{32}$/);
        // Each change is a request and two events, of which one is consumed by Cart and one by Analytics.
        await changePrices(api, 800);
        const { body } = await api.call<{ steps: unknown[] }>('GET', '/console/events/recent?limit=4000');
        assert.ok(body.steps.length >= 2_000, `${body.steps.length} steps`);
        assert.deepEqual(await flowOf(page).settledRows(), rows);
        await page.reload();
        assert.deepEqual(await flowOf(page).settledRows(), rows);
        await visit(path, async (other) => assert.deepEqual(await flowOf(other).settledRows(), rows));
        await page.goto(`${gateway}/#/flow/trace/${'0'.repeat(32)}`);
        await page.getByText('Nothing of this trace is kept').waitFor();
      });
    });
  },
);

test('an opened trace stays while the system is restarted, hangs, and forgets it', inBrowser, async () => {
  await withOutages(async ({ visit, stop, restart, hang, resume }) => {
    await visit('flow', async (page) => {
      const { generateAnother, settledRows } = flowOf(page);
      await generateAnother();
      const rows = await settledRows();
      const lost = page.getByText(/No news from the system/);
      const unknown = new Set<string>();
      page.on('response', (response) => {
        if (response.status() === 404) unknown.add(response.url());
      });
      await stop();
      await lost.waitFor();
      assert.deepEqual(await settledRows(), rows);
      await restart();
      await lost.waitFor({ state: 'detached' });
      await page.getByText('The system no longer keeps this trace').waitFor();
      assert.equal(unknown.size, 1);
      assert.deepEqual(await settledRows(), rows);
      hang();
      await lost.waitFor();
      resume();
      await lost.waitFor({ state: 'detached' });
      await generateAnother();
      assert.equal((await settledRows())[0], 'POST /carts/guest-…/items');
    });
  });
});

test(
  'M2: an event that could not be generated is no error any more once the service is back',
  inBrowser,
  async () => {
    await withConsole(async ({ visit, kill, untilReady }) => {
      await visit('flow', async (page) => {
        await kill('cart');
        await flowOf(page).generate();
        await page.getByRole('alert').waitFor();
        await untilReady();
        await page.getByRole('alert').waitFor({ state: 'detached' });
        await flowOf(page).generate();
        await flowOf(page).settledRows();
      });
    });
  },
);

test(
  'the charts show the last 15 minutes, and the values of a moment under the pointer',
  inBrowser,
  async () => {
    await withConsole(async ({ api, visit }) => {
      await visit('flow', async (page) => {
        const chart = page.getByRole('region', { name: 'The last 15 minutes' }).getByRole('figure').first();
        const value = chart.getByRole('listitem').filter({ hasText: 'Product' });
        let price = 0;
        const changeAndRead = async () => {
          for (let changes = 0; changes < 10; changes++)
            await api.call('PATCH', '/products/bell', { body: { price: (price += 1) } });
          return value.innerText();
        };
        await until(changeAndRead, (text) => /[1-9]/.test(text), { deadlineMs: 30_000, intervalMs: 500 });
        const image = chart.getByRole('img', { name: 'Requests a second' });
        await image.hover({ position: { x: 20, y: 20 } });
        await chart.getByText(/^\d\d:\d\d:\d\d$/).waitFor();
        await value.filter({ hasText: '–' }).waitFor();
        await page.getByRole('heading', { name: 'Flow' }).hover();
        await chart.getByText('now').first().waitFor();
        await chart.getByRole('slider', { name: 'Requests a second, by time' }).focus();
        await page.keyboard.press('Home');
        await value.filter({ hasText: '–' }).waitFor();
        await page.keyboard.press('Tab');
        await chart.getByText('now').first().waitFor();
      });
    });
  },
);

test('N1: the figure of a table counts what consumers write', inBrowser, async () => {
  await withConsole(async ({ api, visit }) => {
    await visit('flow', async (page) => {
      const { figure } = flowOf(page);
      const versionOf = async () => (await api.product('bell')).body.version;
      const [writes, version] = [await figure('table/products'), await versionOf()];
      for (let carts = 0; carts < 8; carts++) {
        const status = await until(
          async () => api.add(await api.openCart(), 'bell', 1),
          (response) => response.status === 200,
        );
        assert.equal(status.status, 200);
      }
      // Product was sent no write: its consumer reserved the units, and each reservation is a version.
      const versions = (await until(versionOf, (now) => now >= version + 8)) - version;
      await until(
        () => figure('table/products'),
        (now) => now >= writes + versions,
      );
      assert.ok((await figure('table/carts')) >= 8);
    });
  });
});

test(
  'the live list is filtered, paused and cleared, and its filter is in the address',
  inBrowser,
  async () => {
    await withConsole(async ({ api, gateway, visit }) => {
      await visit('flow', async (page) => {
        const { entries } = flowOf(page);
        const updates = entries.filter({ hasText: 'ProductUpdated' });
        const change = (id: string, price: number) =>
          api.call('PATCH', `/products/${id}`, { body: { price } });
        await change('bell', 1);
        await change('lamp', 1);
        await updates.nth(1).waitFor();
        await updates
          .filter({ hasText: /Cart ✓ \d+ ms/ })
          .nth(1)
          .waitFor();

        await updates.first().getByRole('link', { name: 'lamp' }).click();
        await page.getByRole('button', { name: 'Remove the filter: Product lamp' }).waitFor();
        assert.equal(await entries.filter({ hasText: 'bell' }).count(), 0);
        assert.ok((await entries.count()) > 0);
        await page.getByRole('combobox', { name: 'Type' }).selectOption('ProductUpdated');
        await entries.filter({ hasText: 'ProductEdited' }).first().waitFor({ state: 'detached' });
        assert.equal(new URL(page.url()).hash, '#/flow?product=lamp&type=ProductUpdated');
        await assertAccessible(page, 'a filtered list');
        await page.reload();
        await updates.first().waitFor();
        assert.equal(await updates.count(), 1);
        await page.goBack();
        await entries.filter({ hasText: 'ProductEdited' }).first().waitFor();

        await page.goto(`${gateway}/#/flow`);
        await page.getByRole('searchbox', { name: 'Search' }).fill('updated BELL');
        await page.getByText('1 of').waitFor();
        await page.getByRole('searchbox', { name: 'Search' }).fill('');
        await page.getByRole('checkbox', { name: 'Errors only' }).check();
        await page.getByText('No event matches the filter.').waitFor();
        await page.getByRole('checkbox', { name: 'Errors only' }).uncheck();

        await page.getByRole('button', { name: 'Pause the list' }).click();
        const paused = await updates.count();
        await change('bell', 2);
        await api.putProduct('mug', { name: 'Mug', price: 900 });
        await until(
          () => flowOf(page).figure('table/products'),
          (writes) => writes > 0,
        );
        assert.equal(await updates.count(), paused);
        await page.getByRole('button', { name: 'Resume the list' }).click();
        await updates.nth(paused).waitFor();
        await page.getByRole('button', { name: 'Clear the list' }).click();
        await page.getByText('No events yet.').waitFor();
        await change('bell', 3);
        await updates.first().waitFor();
      });
    });
  },
);

/** Spans are exported to nobody; the page only links to where they would be. */
const backend = {
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
  TRACE_URL_TEMPLATE: 'http://traces.test/{traceId}?view=tree',
};

test('a trace is found by its filters, copied, and its event published again', inBrowser, async () => {
  await withConsole(async ({ api, visit }) => {
    const options = { isOperator: true, permissions: ['clipboard-read', 'clipboard-write'] };
    await visit(
      'flow/traces',
      async (page) => {
        const copied = async (button: string) => {
          await page.getByRole('button', { name: button }).click();
          await page
            .getByRole('status')
            .filter({ hasText: `${button}: done.` })
            .waitFor({ state: 'attached' });
          return page.evaluate<string>('navigator.clipboard.readText()');
        };
        const traces = page.getByRole('list', { name: 'Traces' }).getByRole('listitem');
        await api.call('PATCH', '/products/bell', { body: { price: 1 } });
        await traces.filter({ hasText: 'PATCH /products/bell' }).first().waitFor();
        await page.getByRole('searchbox', { name: 'Product' }).fill('lamp');
        await page.keyboard.press('Enter');
        await traces.filter({ hasText: 'bell' }).first().waitFor({ state: 'detached' });
        await page.goBack();
        await page.getByRole('combobox', { name: 'Event type' }).selectOption('ProductCreated');
        await traces.filter({ hasText: 'PATCH' }).first().waitFor({ state: 'detached' });
        await traces.first().waitFor();
        assert.equal(new URL(page.url()).hash, '#/flow/traces?type=ProductCreated');
        await page.goBack();
        await page.getByRole('combobox', { name: 'Service' }).selectOption('cart');
        await traces.filter({ hasText: 'PATCH /products/bell' }).first().getByRole('link').first().click();

        const { tree } = flowOf(page);
        await tree
          .getByRole('listitem')
          .filter({ hasText: /^Cart applied it/ })
          .waitFor();
        await assertAccessible(page, 'a trace');
        const json = JSON.parse(await copied('Copy as JSON')) as { id: string; nodes: unknown[] };
        assert.ok(page.url().endsWith(json.id) && json.nodes.length >= 4);
        assert.match(
          await copied('Copy as curl'),
          /^# Set TOKEN, BODY first: .*\ncurl -X PATCH "http.*\/products\/bell"/,
        );
        assert.equal(await copied('Copy link'), page.url());
        const link = page.getByRole('link', { name: 'Open at the tracing backend' });
        assert.equal(await link.getAttribute('href'), `http://traces.test/${json.id}?view=tree`);

        await page.getByText('Payload', { exact: true }).first().click();
        await page.getByText('"productId": "bell"').waitFor();
        const { version } = (await api.product('bell')).body;
        await page.getByRole('button', { name: 'Publish again: ProductUpdated' }).click();
        await tree
          .getByRole('listitem')
          .filter({ hasText: /^ProductUpdated .*, 2 times/ })
          .waitFor();
        assert.equal((await api.product('bell')).body.version, version);
        await page.getByRole('link', { name: 'Close Trace' }).click();
        await page.getByRole('combobox', { name: 'Service' }).waitFor();
        assert.equal(new URL(page.url()).hash, '#/flow/traces?service=cart');
        await flowOf(page).generate();
        await flowOf(page).settledRows();
        assert.match(await copied('Copy as curl'), /-d '\{"productId":"bell","qty":1\}'$/);
      },
      options,
    );
  }, backend);
});

test('the trace of a dead letter says what failed', inBrowser, async () => {
  await withConsole(async ({ api, operator, visit }) => {
    const queue = 'cart-product-updates-queue';
    const { status } = await api.call('POST', '/console/poison', { body: { queue }, token: operator });
    assert.equal(status, 202);
    await visit('flow/traces?status=deadLettered', async (page) => {
      await page.getByRole('list', { name: 'Traces' }).getByRole('link').first().click({ timeout: 60_000 });
      await page.getByText('attempt 5 of 5: it is a dead letter now').waitFor();
      await page.getByRole('link', { name: `Dead letters cart-product-updates-dlq, 1` }).waitFor();
      await page.getByText('Cart: ProductCreated').waitFor();
      await page.getByRole('link', { name: 'Its dead-letter queue' }).click();
      await page.getByRole('heading', { level: 1, name: 'Dead letters' }).waitFor();
      assert.equal(new URL(page.url()).hash, '#/dead-letters/cart-product-updates-dlq');
    });
  });
});
