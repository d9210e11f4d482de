import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finish, TODAY } from '../application/testing.ts';
import { shardOf } from '../store/entity-types.ts';
import { openApi } from './testing.ts';

const YESTERDAY = '2026-02-13';
const RANGE = `from=${YESTERDAY}&to=${TODAY}`;
const zero = {
  unitsAdded: 0,
  unitsRemoved: 0,
  unitsHeld: 0,
  unitsExpired: 0,
  unitsCheckedOut: 0,
  revenue: [],
};

test('the funnel has each day, totals, and null where a ratio has no divisor', async (t) => {
  const { get, csv, carts } = await openApi(t);
  const revenue = { USD: 1_001, EUR: 2_000 };
  await carts(YESTERDAY, { opened: 4, abandoned: 1, checkedOut: 2, unitsCheckedOut: 5, revenue });
  await carts(TODAY, { opened: 0, checkedOut: 1, unitsCheckedOut: 1, revenue: { EUR: 1_000 } });
  const { body } = await get(`/analytics/funnel?from=2026-02-12&to=${TODAY}`);
  const none = { cartsOpened: 0, cartsAbandoned: 0, cartsCheckedOut: 0, conversionRate: null };
  const expected = {
    from: '2026-02-12',
    to: TODAY,
    total: {
      cartsOpened: 4,
      cartsAbandoned: 1,
      cartsCheckedOut: 3,
      conversionRate: 0.75,
      unitsCheckedOut: 6,
      unitsPerCart: 2,
      revenue: [
        { currency: 'EUR', amount: 3_000 },
        { currency: 'USD', amount: 1_001 },
      ],
      valuePerCart: [
        { currency: 'EUR', amount: 1_000 },
        { currency: 'USD', amount: 334 },
      ],
    },
    days: [
      { date: '2026-02-12', ...none, unitsCheckedOut: 0, unitsPerCart: null, revenue: [], valuePerCart: [] },
      {
        date: YESTERDAY,
        cartsOpened: 4,
        cartsAbandoned: 1,
        cartsCheckedOut: 2,
        conversionRate: 0.5,
        unitsCheckedOut: 5,
        unitsPerCart: 2.5,
        revenue: [
          { currency: 'EUR', amount: 2_000 },
          { currency: 'USD', amount: 1_001 },
        ],
        valuePerCart: [
          { currency: 'EUR', amount: 1_000 },
          { currency: 'USD', amount: 501 },
        ],
      },
      {
        date: TODAY,
        ...none,
        cartsCheckedOut: 1,
        unitsCheckedOut: 1,
        unitsPerCart: 1,
        revenue: [{ currency: 'EUR', amount: 1_000 }],
        valuePerCart: [{ currency: 'EUR', amount: 1_000 }],
      },
    ],
  };
  assert.deepEqual(body, expected);
  assert.deepEqual(await csv(`/analytics/funnel?from=2026-02-12&to=${TODAY}`), [
    'date,cartsOpened,cartsAbandoned,cartsCheckedOut,conversionRate,unitsCheckedOut,unitsPerCart,' +
      'revenue_EUR,revenue_USD,valuePerCart_EUR,valuePerCart_USD',
    '2026-02-12,0,0,0,,0,,,,,',
    '2026-02-13,4,1,2,0.5,5,2.5,2000,1001,1000,501',
    '2026-02-14,0,0,1,,1,1,1000,,1000,',
    '',
  ]);
});

test('the figures of a product are those of the range, from totals and batches', async (t) => {
  const { get, csv, batch, compact, name } = await openApi(t);
  await name('mug', 'Mug');
  const revenue = { EUR: 500, USD: 7 };
  await batch('2026-02-12', { mug: { added: 100 } });
  await batch(YESTERDAY, { mug: { added: 3, rejected: 1, removed: 1, expired: 2 } });
  await finish(compact(YESTERDAY));
  await batch(YESTERDAY, { mug: { added: 1, checkedOut: 2, revenue } });
  await batch(TODAY, { cup: { added: 1 }, mug: { rejected: 1 } });
  const { body } = await get(`/analytics/products/mug?${RANGE}`);
  const amounts = [
    { currency: 'EUR', amount: 500 },
    { currency: 'USD', amount: 7 },
  ];
  const figures = { unitsAdded: 4, unitsRemoved: 1, unitsExpired: 2, unitsCheckedOut: 2, revenue: amounts };
  assert.deepEqual(body, {
    productId: 'mug',
    name: 'Mug',
    from: YESTERDAY,
    to: TODAY,
    // The rejection of today may be of units that were added yesterday.
    total: { ...figures, unitsHeld: 2 },
    days: [
      { date: YESTERDAY, ...figures, unitsHeld: 3 },
      { date: TODAY, ...zero },
    ],
    priceChanges: [],
  });
  assert.deepEqual(await csv(`/analytics/products/mug?${RANGE}`), [
    'date,unitsCheckedOut,unitsAdded,unitsRemoved,unitsHeld,unitsExpired,revenue_EUR,revenue_USD',
    '2026-02-13,2,4,1,3,2,500,7',
    '2026-02-14,0,0,0,0,0,,',
    '',
  ]);
  const page = await get(`/analytics/products?${RANGE}&sort=unitsHeld`);
  assert.deepEqual(page.body, {
    from: YESTERDAY,
    to: TODAY,
    items: [
      { productId: 'mug', name: 'Mug', ...figures, unitsHeld: 2, trend: [3, 0] },
      { productId: 'cup', ...zero, unitsAdded: 1, unitsHeld: 1, trend: [0, 1] },
    ],
  });
});

test('a product without a name or without figures is found; one without both is not', async (t) => {
  const { get, batch, name } = await openApi(t);
  await name('named', 'Named');
  await batch(TODAY, { sold: { checkedOut: 1 } });
  const { body: named } = await get('/analytics/products/named');
  assert.deepEqual([named.name, named.days.length, named.total], ['Named', 30, zero]);
  const { body: sold } = await get('/analytics/products/sold');
  assert.deepEqual([sold.total.unitsCheckedOut, 'name' in sold], [1, false]);
  for (const id of ['none', '__proto__', 'constructor', 'toString', 'sold?to=2026-02-13']) {
    const { status, body } = await get(`/analytics/products/${id}`);
    assert.deepEqual([status, body.type], [404, 'urn:tandem:problem:product-not-found'], id);
  }
});

test('the figures of a product are its own: other products have the same shard', async (t) => {
  const { get, batch, compact } = await openApi(t);
  const ids = Array.from({ length: 1_000 }, (_, i) => `other-${i}`);
  const neighbour = ids.find((id) => shardOf(id) === shardOf('mug')) ?? '';
  const products = { mug: { added: 1 }, [neighbour]: { added: 10 } };
  await batch(TODAY, products);
  await finish(compact(TODAY));
  await batch(TODAY, products);
  const { body } = await get('/analytics/products/mug');
  assert.equal(body.total.unitsAdded, 2);
});

test('ids with special characters are found by their percent-encoded form', async (t) => {
  const { get, batch, name } = await openApi(t);
  for (const id of ['a/b', 'a b', 'ä?#', '100%', '../x', 'a"b,c', "=1+1'", '😀', 'x'.repeat(200)]) {
    await batch(TODAY, { [id]: { added: 2 } });
    await name(id, `name of ${id}`);
    const { status, body } = await get(`/analytics/products/${encodeURIComponent(id)}`);
    assert.deepEqual(
      [status, body.productId, body.name, body.total.unitsAdded],
      [200, id, `name of ${id}`, 2],
    );
  }
  assert.equal((await get(`/analytics/products/${'x'.repeat(201)}`)).status, 400);
  assert.equal((await get('/analytics/products/%zz')).status, 400);
});

test('CSV quotes commas, quotes and line breaks, and neutralizes formulas', async (t) => {
  const { get, batch, name } = await openApi(t);
  const names = {
    a: 'Mug, "large"',
    b: 'two\nlines',
    c: '=SUM(A1)',
    d: '+1',
    e: '-1',
    f: '@x',
    g: '\t=1',
    h: '\r=1',
    i: 'Größe 😀',
    '-id': 'x',
  };
  for (const [id, text] of Object.entries(names)) {
    await batch(TODAY, { [id]: { checkedOut: 1 } });
    await name(id, text);
  }
  await batch(TODAY, { i: { revenue: { USD: 7 } }, nameless: { checkedOut: 1, revenue: { EUR: 5 } } });
  const { text } = await get(`/analytics/products?${RANGE}`, { accept: 'text/csv' });
  assert.equal(
    text,
    [
      'productId,name,unitsCheckedOut,unitsAdded,unitsRemoved,unitsHeld,unitsExpired,revenue_EUR,revenue_USD',
      `'-id,x,1,0,0,0,0,,`,
      'a,"Mug, ""large""",1,0,0,0,0,,',
      'b,"two\nlines",1,0,0,0,0,,',
      `c,'=SUM(A1),1,0,0,0,0,,`,
      `d,'+1,1,0,0,0,0,,`,
      `e,'-1,1,0,0,0,0,,`,
      `f,'@x,1,0,0,0,0,,`,
      `g,'\t=1,1,0,0,0,0,,`,
      `h,"'\r=1",1,0,0,0,0,,`,
      'i,Größe 😀,1,0,0,0,0,,7',
      'nameless,,1,0,0,0,0,5,',
      '',
    ].join('\r\n'),
  );
});

test('CSV without rows has its header', async (t) => {
  const { csv } = await openApi(t);
  assert.deepEqual(await csv('/analytics/products'), [
    'productId,name,unitsCheckedOut,unitsAdded,unitsRemoved,unitsHeld,unitsExpired',
    '',
  ]);
});

test('a sum stays at the largest exact integer', async (t) => {
  const { get, batch, carts } = await openApi(t);
  const revenue = { EUR: Number.MAX_SAFE_INTEGER };
  for (const date of [YESTERDAY, TODAY]) {
    await batch(date, { mug: { checkedOut: Number.MAX_SAFE_INTEGER, revenue } });
    await carts(date, { checkedOut: 1, revenue });
  }
  const amounts = [{ currency: 'EUR', amount: Number.MAX_SAFE_INTEGER }];
  assert.deepEqual((await get(`/analytics/funnel?${RANGE}`)).body.total.revenue, amounts);
  const { total } = (await get(`/analytics/products/mug?${RANGE}`)).body;
  assert.deepEqual([total.revenue, total.unitsCheckedOut], [amounts, Number.MAX_SAFE_INTEGER]);
  assert.equal((await get(`/analytics/products?${RANGE}&limit=1`)).status, 200);
});
