import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImportMessage, ImportQuery } from '@tandem/console/protocol-import';
import { mintToken } from '@tandem/emulators/issuer';
import { client } from '../support/http.ts';
import { withSystem } from '../support/system.ts';

const operator = await mintToken({ subject: 'operator', scopes: ['products:write', 'operator'] });

/** Sends a file; resolves to the last message of the response. */
async function send(
  gateway: string,
  file: string,
  query: ImportQuery,
  token = operator,
): Promise<ImportMessage> {
  const response = await fetch(
    `${gateway}/console/import?${new URLSearchParams({ ...query } as Record<string, string>).toString()}`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', authorization: `Bearer ${token}` },
      body: file,
    },
  );
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return JSON.parse(text.trim().split('\n').at(-1) ?? '') as ImportMessage;
}

const csv = `productId,name,price,description,inventory
bell,Bell,19.90,Rings,7
lamp,Lamp,49.90,Shines,3
seat,Seat,99,For children,5
,Nothing,1,,1
`;

test('a preview compares each row with the catalog and writes nothing; the import does what it shows', async () => {
  await withSystem(async ({ urls: { gateway } }) => {
    const api = client(gateway);
    await api.putProduct('bell', { name: 'Bell', price: 1490, inventory: 100 });
    await api.putProduct('lamp', { name: 'Lamp', price: 4990, description: 'Shines', inventory: 3 });
    const query = { name: 'products.csv', currency: 'EUR', stock: 'count' } as const;

    const shown = await send(gateway, csv, { ...query, dryRun: 'true' });
    assert.ok(shown.kind === 'preview', JSON.stringify(shown));
    assert.deepEqual([shown.created, shown.updated, shown.unchanged, shown.bad.length], [1, 1, 1, 1]);
    assert.deepEqual(
      shown.rows.map(({ line, productId, outcome, changes }) => [
        line,
        productId,
        outcome,
        changes.map(({ field, before, after }) => `${field} ${before} ${after}`),
      ]),
      [
        [2, 'bell', 'updated', ['description undefined Rings', 'price 1490 1990', 'onHand 100 7']],
        [
          4,
          'seat',
          'created',
          [
            'name undefined Seat',
            'description undefined For children',
            'price undefined 9900',
            'currency undefined EUR',
            'onHand undefined 5',
          ],
        ],
      ],
    );
    assert.equal((await api.product('bell')).body.price, 1490);

    const done = await send(gateway, csv, query);
    assert.ok(done.kind === 'imported', JSON.stringify(done));
    assert.deepEqual([done.created, done.updated, done.unchanged], [1, 1, 1]);
    assert.deepEqual(done.bad, shown.bad);
    const { price, onHand } = (await api.product('bell')).body;
    assert.deepEqual([price, onHand], [1990, 7]);

    const again = await send(gateway, csv, { ...query, dryRun: 'true' });
    assert.ok(again.kind === 'preview');
    assert.deepEqual([again.created, again.updated, again.unchanged], [0, 0, 3]);
  });
});

test('advice of a failed import names the choices of the page, and no path of the machine', async () => {
  await withSystem(async ({ urls: { gateway } }) => {
    const failureOf = async (file: string, query: ImportQuery, token?: string) => {
      const message = await send(gateway, file, query, token);
      assert.ok(message.kind === 'failed', JSON.stringify(message));
      assert.doesNotMatch(message.detail, /--\w|tmp/);
      return message.detail;
    };
    assert.match(
      await failureOf(csv, { name: '../../products.csv' }),
      /^products\.csv .*choose the currency/,
    );
    assert.match(await failureOf('a,b\n1,2\n', { name: 'x.csv' }), /rename them to productId, name/);
    assert.match(await failureOf('', { name: 'x.csv' }), /x\.csv/);
    assert.match(await failureOf('{', { name: 'x.json', currency: 'EUR' }), /x\.json is not valid JSON/);
    assert.match(await failureOf('x', { name: 'x.pdf' }), /unknown format/);
    const reader = await mintToken({ subject: 'reader', scopes: ['operator'] });
    const row = '{"productId":"a","name":"A","price":1,"currency":"EUR"}\n';
    assert.match(await failureOf(row, { name: 'x.ndjson' }, reader), /does not accept the token/);
  });
});

test('a page of another origin and a caller without the scope are rejected before the file is read', async () => {
  await withSystem(async ({ urls: { gateway } }) => {
    const post = async (type: string, token?: string) => {
      const headers = { 'content-type': type, ...(token && { authorization: `Bearer ${token}` }) };
      const response = await fetch(`${gateway}/console/import?name=a.csv`, {
        method: 'POST',
        headers,
        body: csv,
      });
      await response.text();
      return response.status;
    };
    assert.equal(await post('application/octet-stream'), 401);
    const user = await mintToken({ subject: 'alice', scopes: ['products:write'] });
    assert.equal(await post('application/octet-stream', user), 403);
    // Types that a form of another page may send without asking.
    for (const type of ['text/plain', 'multipart/form-data', 'application/x-www-form-urlencoded'])
      assert.equal(await post(type, operator), 415);
  });
});
