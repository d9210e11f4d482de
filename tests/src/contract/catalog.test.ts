import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, type ProductBody } from '../support/http.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

interface Page {
  readonly items: readonly ProductBody[];
  readonly nextCursor?: string;
  readonly complete?: boolean;
}

test(`the catalog is listed by category, page by page, and by ids on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { call, putProduct } = client(urls.gateway);
    await Promise.all([
      ...['c', 'a', 'b'].map(async (id) => putProduct(id, { category: 'cups' })),
      putProduct('d', { category: 'dishes' }),
      putProduct('e'),
    ]);
    const list = async (query: string) => {
      const { body } = await call<Page>('GET', `/products?${query}`);
      return { ids: body.items.map(({ productId }) => productId), cursor: body.nextCursor };
    };
    // An index is eventually consistent with its table.
    await until(
      () => list('limit=100'),
      ({ ids }) => ids.length === 5,
    );
    const first = await list('category=cups&limit=2');
    assert.deepEqual(first.ids, ['a', 'b']);
    const second = await list(`category=cups&limit=2&cursor=${encodeURIComponent(first.cursor ?? '')}`);
    assert.deepEqual(second, { ids: ['c'], cursor: undefined });
    assert.deepEqual((await list('category=pans')).ids, []);
    assert.deepEqual((await list('ids=e,none,a')).ids.toSorted(), ['a', 'e']);
  }));

test(`a read returns the current description of a product, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { call, product, putProduct } = client(urls.gateway);
    const described = async () => {
      const { status, body } = await product('mug');
      return [status, body.description];
    };
    const patch = (body: object) => call('PATCH', '/products/mug', { body });

    await putProduct('mug', { description: 'Blue' });
    assert.deepEqual(await described(), [200, 'Blue']);
    await patch({ description: null });
    assert.deepEqual(await described(), [200, undefined]);
    await patch({ description: 'Green' });
    await patch({ price: 2000 });
    assert.deepEqual(await described(), [200, 'Green']);
    await putProduct('mug');
    assert.deepEqual(await described(), [200, undefined]);
    await putProduct('mug', { description: 'Red' });
    await call('DELETE', '/products/mug');
    assert.deepEqual(await described(), [404, undefined]);
    await putProduct('mug');
    assert.deepEqual(await described(), [200, undefined]);
  }));

test(`products are found by beginnings of words of their names, page by page, also after changes, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { call, putProduct } = client(urls.gateway);
    const search = async (query: string) => {
      const { status, body } = await call<Page>('GET', `/products?${query}`);
      assert.equal(status, 200, query);
      return { ids: body.items.map(({ productId }) => productId), cursor: body.nextCursor };
    };
    const idsOf = async (query: string) => (await search(query)).ids;
    await putProduct('duo', { name: 'Bell Duo, two tones', category: 'bells', inventory: 7 });
    await putProduct('cow', { name: 'Cow bell', category: 'bells' });
    await putProduct('cafe', { name: 'Caf\u00e9 belt', category: 'straps' });
    // Of the products of the index, those that changed last are read from the table.
    const first = await search('q=BEL&limit=2');
    assert.deepEqual(first.ids, ['duo', 'cafe']);
    const cursor = encodeURIComponent(first.cursor ?? '');
    assert.deepEqual(await search(`q=bel&limit=2&cursor=${cursor}`), { ids: ['cow'], cursor: undefined });
    assert.equal((await call('GET', `/products?q=be&cursor=${cursor}`)).status, 400);
    assert.deepEqual(await idsOf('q=bel&category=bells'), ['duo', 'cow']);
    assert.deepEqual(await idsOf('q=cafe%20b'), ['cafe']);
    assert.deepEqual(await idsOf('q=cafe%CC%81'), ['cafe']);
    for (const query of ['q=ell', 'q=bell%20belt', 'q=!', 'q=bel&category=none'])
      assert.deepEqual(await idsOf(query), [], query);
    for (const query of ['q=', 'q=%20&category=bells'])
      assert.ok((await search(query)).ids.length > 1, query);

    const { body } = await call<Page>('GET', '/products?q=duo');
    assert.deepEqual(
      body.items.map(({ name, inventory }) => [name, inventory]),
      [['Bell Duo, two tones', 7]],
    );
    assert.deepEqual(Object.keys(body), ['items']);
    await call('PATCH', '/products/duo', { body: { name: 'Gong' } });
    await call('DELETE', '/products/cow');
    await putProduct('belt', { name: 'Belt' });
    assert.deepEqual([await idsOf('q=bel'), await idsOf('q=gong')], [['belt', 'cafe'], ['duo']]);

    for (const query of [`q=${'x'.repeat(101)}`, 'q=a%20b%20c%20d%20e%20f%20g%20h%20i'])
      assert.equal((await call('GET', `/products?${query}`)).status, 400, query);
  }));
