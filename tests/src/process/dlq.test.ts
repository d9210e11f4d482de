import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { RedriveRecord } from '@tandem/dlq/record';
import { redriveRecords, startDlq } from './dlq.ts';
import { productUpdated, publisher } from '../support/events.ts';
import { client } from '../support/http.ts';
import { startProxy } from './intercepting-proxy.ts';
import { spawnSystem, type SystemProcess, temporaryFolder } from '../support/process.ts';
import { depth, depths, openQueues, type TestMessage } from '../support/queues.ts';
import { assertStock } from '../support/stock.ts';
import { until } from '../support/until.ts';

const CART_DLQ = 'cart-product-updates-dlq';
const PRODUCT_DLQ = 'product-cart-events-dlq';
const PARKING = 'product-relay-parking-queue';

let system: SystemProcess;
const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  startDlq(args, { AWS_PORT: new URL(system.urls.aws).port, ...env }, system.folder);
const dlq = (...args: string[]) => start(args).exit;

before(async () => {
  system = await spawnSystem({ EPHEMERAL: '1', SEED: '0' });
});
after(() => system[Symbol.asyncDispose]());

/** Creates an event that adds one unit to a new cart. */
function addedToCart(productId: string, cart: number): TestMessage {
  const cartId = `${productId}-cart-${cart}`;
  const line = { priceAtAdd: 1000, currency: 'EUR', qty: 1, lineQty: 1, cartVersion: 2 };
  const timestamp = new Date().toISOString();
  const body = { eventType: 'ProductAddedToCart', cartId, userId: null, productId, ...line, timestamp };
  return { body: JSON.stringify(body), attributes: { eventType: body.eventType, eventId: cartId } };
}

test('a message dead-lettered by Cart is listed, shown with its fault, left in the queue, and sent only with --force', async () => {
  const { aws } = system.urls;
  await publisher(aws)('product-events-topic', '{"eventType":"ProductDeleted","productId":"p","version":2}');
  await until(
    () => depth(aws, CART_DLQ),
    (messages) => messages === 1,
  );
  const list = await dlq('list');
  assert.deepEqual([list.code, list.stderr], [0, '']);
  assert.match(
    list.stdout,
    /^cart-product-updates-dlq +1 +0 +\d+ s +dead-lettered by cart, or not delivered to it +cart-product-updates-queue$/m,
  );
  const rows = JSON.parse((await dlq('list', '--json')).stdout) as { queue: string; visible: number }[];
  assert.deepEqual(
    rows.filter(({ visible }) => visible > 0).map(({ queue }) => queue),
    [CART_DLQ],
  );
  const details = await dlq('show', 'cart-product-updates-dlq');
  assert.equal(details.code, 0);
  for (const line of [
    /^event +ProductDeleted {2}no event id$/m,
    /^why +\/updatedAt: /m,
    /^attempts +5 by its consumer; its queue dead-letters after 5; looked at \d+ times since$/m,
    /^receipts +first \d{4}-/m,
    /^ {2}"version": 2$/m,
  ])
    assert.match(details.stdout, line);

  const redrive = await dlq('redrive', CART_DLQ);
  assert.equal(redrive.code, 1);
  assert.match(redrive.stderr, /^left \S+ {2}ProductDeleted {2}no event id: \/updatedAt: /m);
  assert.match(redrive.stdout, /^sent 0 to cart-product-updates-queue, left 1 in the queue\n$/);
  assert.deepEqual(await depths(aws, [CART_DLQ]), [1]);

  const forced = await dlq('redrive', CART_DLQ, '--force');
  assert.equal(forced.code, 0, forced.stderr);
  assert.match(
    forced.stdout,
    /^sent 1 to cart-product-updates-queue.*\nrecorded in \.data\/redrives\.ndjson\n$/,
  );
  await until(
    () => dlq('show', CART_DLQ),
    ({ stdout }) => stdout.includes('"version": 2'),
  );
  await openQueues(aws).receiveAll(CART_DLQ);
});

test('a redrive brings undelivered and parked messages to Cart', async () => {
  const { gateway, aws } = system.urls;
  using queues = openQueues(aws);
  const { add, openCart } = client(gateway);
  await queues.send(CART_DLQ, productUpdated('undelivered', { currency: 'EUR' }));
  const { body } = productUpdated('parked', { currency: 'EUR' });
  await queues.send(PARKING, { body, attributes: { reason: 'SNS did not like it' } });

  const undelivered = (await dlq('show', 'cart-product')).stdout;
  assert.match(undelivered, /^why +would be accepted now/m);
  assert.match(undelivered, /^attempts +none by its consumer: SNS could not deliver it$/m);
  assert.match((await dlq('show', 'product-relay')).stdout, /^parked +SNS did not like it$/m);
  const dry = await dlq('redrive', CART_DLQ, '--dry-run');
  assert.deepEqual([dry.code, dry.stdout], [0, 'would send 1 to cart-product-updates-queue\n']);
  assert.match(dry.stderr, /^would send \S+ {2}ProductUpdated {2}product\/undelivered\/2\/0$/m);
  assert.deepEqual(await depths(aws, [CART_DLQ, PARKING]), [1, 1]);

  for (const queue of [CART_DLQ, PARKING]) assert.equal((await dlq('redrive', queue)).code, 0);
  assert.deepEqual(await depths(aws, [CART_DLQ, PARKING]), [0, 0]);
  const cart = await openCart();
  for (const product of ['undelivered', 'parked']) {
    await until(
      () => add(cart, product, 1),
      ({ status }) => status === 200,
    );
  }
});

test('--only sends one message by its event id, and reports an unknown id', async () => {
  const { gateway, aws } = system.urls;
  await client(gateway).putProduct('chosen', { inventory: 10 });
  using queues = openQueues(aws);
  await queues.send(PRODUCT_DLQ, ...Array.from({ length: 4 }, (_, i) => addedToCart('chosen', i)));
  const none = await dlq('redrive', PRODUCT_DLQ, '--only', 'nobody');
  assert.deepEqual(
    [none.code, none.stderr],
    [1, `${PRODUCT_DLQ} has no message with the message id or event id nobody\n`],
  );
  const single = await dlq('redrive', PRODUCT_DLQ, '--only', 'chosen-cart-2', '--log', 'only.ndjson');
  assert.equal(single.code, 0, single.stderr);
  await assertStock(system.urls, { chosen: 9 });
  assert.equal((await queues.receiveAll(PRODUCT_DLQ)).length, 3);
  assert.equal((await stat(join(system.folder, 'only.ndjson'))).mode & 0o777, 0o600);
});

test('groups counts the reasons, edit sends another body, and discard deletes what is recorded', async () => {
  const { aws } = system.urls;
  using queues = openQueues(aws);
  await queues.send(CART_DLQ, productUpdated('edited', { price: 'much' }), productUpdated('fine'));
  await queues.send(CART_DLQ, ...['a', 'b'].map((name) => productUpdated(name, { price: 'much' })));
  const groups = await dlq('groups', CART_DLQ);
  assert.deepEqual(
    groups.stdout.split('\n').map((line) => /^\d+/.exec(line)?.[0]),
    [undefined, '3', '1', undefined],
  );
  assert.match(groups.stdout, /^3 .* ProductUpdated +\/price: /m);

  const only = ['--only', 'product/edited/2/0'];
  const raw = await dlq('show', CART_DLQ, ...only, '--raw');
  assert.deepEqual(JSON.parse(raw.stdout), JSON.parse(productUpdated('edited', { price: 'much' }).body));
  const file = join(system.folder, 'edited.json');
  await writeFile(file, raw.stdout);
  const wrong = await dlq('edit', CART_DLQ, ...only, '--body', file);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /^left \S+ {2}ProductUpdated {2}product\/edited\/2\/0: \/price: /m);
  await writeFile(file, productUpdated('edited', { currency: 'EUR' }).body);
  const edited = await dlq('edit', CART_DLQ, ...only, '--body', file, '--log', 'edit.ndjson');
  assert.equal(edited.code, 0, edited.stderr);
  assert.match(edited.stdout, /^sent 1 to cart-product-updates-queue\nrecorded in \S+edit\.ndjson\n$/);

  const selection = ['--type', 'ProductUpdated', '--match', '/price:'];
  const dry = await dlq('discard', CART_DLQ, ...selection, '--reason', 'drill', '--dry-run');
  assert.deepEqual([dry.code, dry.stdout], [0, 'would discard 2\n']);
  assert.equal(dry.stderr.match(/^would discard \S+ {2}ProductUpdated {2}product\/[ab]/gm)?.length, 2);
  assert.deepEqual(await depths(aws, [CART_DLQ]), [3]);
  const log = ['--log', 'discard.ndjson'];
  const some = await dlq('discard', CART_DLQ, ...selection, '--reason', 'drill', ...log);
  assert.match(some.stdout, /^discarded 2\nrecorded in \S+discard\.ndjson\n$/);
  const all = await dlq('discard', CART_DLQ, '--all', '--reason', 'the rest', ...log);
  assert.deepEqual([some.code, all.code], [0, 0]);
  assert.deepEqual(await depths(aws, [CART_DLQ]), [0]);
  const lines = (await readFile(join(system.folder, 'discard.ndjson'), 'utf8')).trim().split('\n');
  const bodies = lines.flatMap((line) =>
    (JSON.parse(line) as RedriveRecord).messages.map(({ body }) => body),
  );
  assert.equal(bodies.filter((body) => body?.includes('ProductUpdated')).length, 3);
  const none = await dlq('discard', CART_DLQ, '--only', 'nobody', '--reason', 'drill', ...log);
  assert.deepEqual(
    [none.code, none.stderr],
    [1, `${CART_DLQ} has no message with the message id or event id nobody\n`],
  );
});

test('Ctrl-C stops a redrive after the current batch, and the next run continues', async () => {
  const { gateway, aws } = system.urls;
  await client(gateway).putProduct('slow', { inventory: 10 });
  using queues = openQueues(aws);
  await queues.send(PRODUCT_DLQ, ...Array.from({ length: 4 }, (_, i) => addedToCart('slow', i)));
  const { exit, send } = start(['redrive', PRODUCT_DLQ, '--rate', '1']);
  await until(
    () => depth(aws, PRODUCT_DLQ),
    (messages) => messages < 4,
  );
  // From a terminal the signal comes twice: npm forwards it.
  send('SIGINT');
  send('SIGINT');
  const { code, stdout, stderr } = await exit;
  assert.equal(code, 130);
  assert.match(stderr, /SIGINT: finishing the current batch\n/);
  const sent = Number(/^sent (\d) to .*interrupted: run it again/.exec(stdout)?.[1]);
  assert.ok(sent >= 1 && sent < 4, stdout);
  const again = await dlq('redrive', PRODUCT_DLQ);
  assert.deepEqual([again.code, /^sent (\d)/.exec(again.stdout)?.[1]], [0, String(4 - sent)]);
  await assertStock(system.urls, { slow: 6 });
});

test('killed between send and delete, a redrive sends the message again, and it has its effect once', async () => {
  await using folder = await temporaryFolder();
  const DATA_DIR = join(folder.path, 'data');
  {
    await using killed = await spawnSystem({ DATA_DIR, SEED: '0' });
    await client(killed.urls.gateway).putProduct('mug', { inventory: 100 });
    using queues = openQueues(killed.urls.aws);
    await queues.send(PRODUCT_DLQ, ...Array.from({ length: 12 }, (_, i) => addedToCart('mug', i)));
    let kill = () => {};
    let deletes = 0;
    await using sqs = await startProxy(killed.urls.aws, ({ headers }) => {
      if (!String(headers['x-amz-target']).endsWith('DeleteMessageBatch')) return undefined;
      if ((deletes += 1) === 1) return undefined;
      kill();
      return (response: ServerResponse) => void response.destroy();
    });
    const env = { DATA_DIR };
    const { exit, send } = start(['redrive', PRODUCT_DLQ, '--endpoint', sqs.url, '--rate', '500'], env);
    kill = () => void send('SIGKILL');
    assert.equal((await exit).code, null);
    await assertStock(killed.urls, { mug: 88 });
    assert.equal(await depth(killed.urls.aws, PRODUCT_DLQ), 2);
    const outcomes = (await redriveRecords(DATA_DIR)).map(({ outcome, messages }) => [
      outcome,
      messages.length,
    ]);
    assert.deepEqual(outcomes, [
      ['sending', 10],
      ['sent', 10],
      ['sending', 2],
      ['sent', 2],
    ]);
    const early = await start(['redrive', PRODUCT_DLQ, '--endpoint', killed.urls.aws], env).exit;
    assert.equal(early.code, 1);
    assert.match(early.stdout, /2 were in flight at another receiver: run it again in a minute/);
    await killed.kill9();
  }
  // The restart also makes the messages visible at once that the killed redrive had leased.
  await using next = await spawnSystem({ DATA_DIR, SEED: '0' });
  const again = await start(['redrive', PRODUCT_DLQ, '--endpoint', next.urls.aws], { DATA_DIR }).exit;
  assert.deepEqual([again.code, /^sent (\d+)/.exec(again.stdout)?.[1]], [0, '2'], again.stderr);
  await assertStock(next.urls, { mug: 88 });
  assert.equal((await redriveRecords(DATA_DIR)).length, 6);
});
