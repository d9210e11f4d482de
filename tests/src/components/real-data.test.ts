import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load } from '@tandem/import/load';
import { openSource, readSalesFile } from '@tandem/import/source';
import { mintToken } from '@tandem/emulators/issuer';
import { replay } from '@tandem/replay/replay';
import { openSqlite } from '@tandem/storage/sqlite';
import { client, type ProductBody } from '../support/http.ts';
import { atRest, deadLetterCount } from '../support/queues.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';

const file = fileURLToPath(new URL('../../../../shared/data/online-retail-sample.csv', import.meta.url));
const skip = existsSync(file)
  ? false
  : 'the sample of the UCI "Online Retail" data set is not beside the checkout';

async function importFile(gateway: string) {
  const token = await mintToken({ subject: 'test', scopes: ['products:write'] });
  return load(gateway, await openSource(file), token, () => undefined);
}

/** The whole catalog without times. */
async function catalogOf(gateway: string): Promise<object[]> {
  const { call } = client(gateway);
  const all: (ProductBody & { createdAt: string; updatedAt: string })[] = [];
  for (let cursor = ''; ;) {
    const { body } = await call<{ items: typeof all; nextCursor?: string }>(
      'GET',
      `/products?limit=100${cursor}`,
    );
    all.push(...body.items);
    if (body.nextCursor === undefined) break;
    cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
  }
  return all
    .map(({ createdAt: _created, updatedAt: _updated, ...product }) => product)
    .toSorted((a, b) => (a.productId < b.productId ? -1 : 1));
}

test(
  `real sales, imported and replayed as carts on ${storeName}, leave consistent stock and carts`,
  { skip },
  () =>
    withSystem(async ({ urls }) => {
      const { created, updated, bad } = await importFile(urls.gateway);
      assert.deepEqual({ created, updated, bad: bad.length }, { created: 584, updated: 0, bad: 13 });

      const catalog = await catalogOf(urls.gateway);
      let onSqlite: object[] = [];
      await withSystem(
        async (other) => {
          await importFile(other.urls.gateway);
          onSqlite = await catalogOf(other.urls.gateway);
        },
        {},
        { openStore: () => openSqlite(':memory:') },
      );
      assert.deepEqual(catalog, onSqlite, `the same catalog on ${storeName} and on SQLite`);

      const { sales } = await readSalesFile(file);
      const report = await replay(urls.gateway, sales);
      assert.deepEqual(report.differences, []);
      assert.deepEqual(
        [...report.responses.keys()].toSorted((a, b) => a - b),
        [200, 201],
      );
      assert.equal(
        report.units,
        sales.reduce((sum, { quantity }) => sum + quantity, 0),
      );
      await atRest(urls.aws);
      assert.equal(await deadLetterCount(urls.aws), 0);
    }),
);
