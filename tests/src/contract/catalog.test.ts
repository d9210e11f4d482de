import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, type ProductBody } from '../support/http.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

interface Page {
  readonly items: readonly ProductBody[];
  readonly nextCursor?: string;
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
