import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible, withoutChromium } from './browser.ts';
import { withConsole, withOutages } from './fixture.ts';

const inBrowser = { skip: withoutChromium, timeout: 120_000 };
const asOperator = { isOperator: true };

const choose = (page: Page, name: string, content: string) =>
  page.getByLabel('Product file').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) });
const importButton = (page: Page) => page.getByRole('button', { name: /^Import \d/ });

const csv = `productId,name,price,inventory
bell,Bell,19.90,7
lamp,Lamp,49.90,3
seat,Seat,99,5
,Nothing,1,1
horn,Horn,cheap,1
`;

test(
  'a file is imported after a preview of each change, and its rejected rows are downloaded',
  inBrowser,
  async () => {
    await withConsole(async ({ api, visit }) => {
      const check = async (page: Page) => {
        await choose(page, 'products.csv', csv);
        await page.getByRole('alert').filter({ hasText: 'choose the currency of its prices' }).waitFor();
        await page.getByRole('combobox', { name: 'Currency' }).selectOption('EUR');
        const preview = page.getByRole('region', { name: 'Preview' });
        await preview.getByText('1 new, 1 changed, 1 unchanged, 2 rejected').waitFor();
        assert.equal(await page.getByRole('alert').count(), 0);
        await preview
          .getByRole('row')
          .filter({ hasText: 'Bell' })
          .getByText('Price: €14.90 €19.90')
          .waitFor();
        await preview.getByRole('row').filter({ hasText: 'Seat' }).getByText('On hand: 5').waitFor();
        await assertAccessible(page, 'a preview');
        assert.equal((await api.product('bell')).body.price, 1490);

        await page.getByRole('combobox', { name: 'Stock of products' }).selectOption('count');
        await preview.getByText('On hand: 100 7').waitFor();
        await importButton(page).click();
        const result = page.getByRole('region', { name: 'Imported' });
        await result.getByText('1 product created, 1 changed, 1 unchanged, 2 rejected').waitFor();
        const { price, onHand } = (await api.product('bell')).body;
        assert.deepEqual([price, onHand], [1990, 7]);

        const downloading = page.waitForEvent('download');
        await result.getByRole('button', { name: 'Download the rejected rows' }).click();
        const download = await downloading;
        assert.equal(download.suggestedFilename(), 'products.csv-rejected.csv');
        const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
        assert.deepEqual([lines.length, lines[0]], [3, 'line,reason']);
        assert.match(lines[1] ?? '', /^5,"no product id"$/);
        assert.match(lines[2] ?? '', /^6,".*price/);

        await page.getByRole('link', { name: 'Show the products' }).click();
        await page.getByRole('link', { name: 'Seat' }).waitFor();
      };
      await visit('admin/import', check, asOperator);
    });
  },
);

test('a file without changes says so, and one that is none is explained', inBrowser, async () => {
  await withConsole(async ({ visit }) => {
    const check = async (page: Page) => {
      await choose(page, 'same.ndjson', '{"productId":"bell","price":1490}\n');
      await page.getByText('The file changes nothing.').waitFor();
      await choose(page, 'picture.png', 'x');
      await page.getByRole('alert').filter({ hasText: 'picture.png: unknown format' }).waitFor();
      assert.equal(await importButton(page).count(), 0);
    };
    await visit('admin/import', check, asOperator);
    await visit('admin/import', async (page) => {
      assert.equal(await page.getByLabel('Product file').isDisabled(), true);
    });
  });
});

test(
  'an import that an outage cuts off says how to continue, and sending it again completes it',
  inBrowser,
  () =>
    withOutages(async ({ api, stop, restart, visit }) => {
      const rows = Array.from({ length: 4_000 }, (_, row) => `widget-${row},Widget ${row},1.00,EUR,1\n`).join(
        '',
      );
      const check = async (page: Page) => {
        await choose(page, 'widgets.csv', `productId,name,price,currency,inventory\n${rows}`);
        await importButton(page).click();
        await page.getByText('Importing widgets.csv').waitFor();
        await stop();
        await page.getByRole('alert').filter({ hasText: 'The connection was lost' }).waitFor();
        await restart();
        await page.getByRole('alert').waitFor({ state: 'detached' });
        await importButton(page).click();
        await page.getByRole('region', { name: 'Imported' }).waitFor({ timeout: 60_000 });
        assert.equal((await api.product('widget-3999')).status, 200);
      };
      await visit('admin/import', check, asOperator);
    }),
);
