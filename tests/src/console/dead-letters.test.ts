import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeadLetterPage, Discarded, Redriven } from '@tandem/console/protocol';
import { redriveRecords, startDlq } from '../process/dlq.ts';
import { productUpdated } from '../support/events.ts';
import { temporaryFolder } from '../support/process.ts';
import { depth, openQueues } from '../support/queues.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';
import { operator } from './listen.ts';

const QUEUE = 'cart-product-updates-queue';
const DLQ = 'cart-product-updates-dlq';
const PRODUCT_DLQ = 'product-cart-events-dlq';

const invalid = (name: string) => productUpdated(name, { price: 'much' });

test('all dead letters are grouped by reason, filtered and paged (N5)', () =>
  withSystem(async ({ urls: { gateway, aws } }) => {
    using queues = openQueues(aws);
    await queues.send(DLQ, ...Array.from({ length: 131 }, (_, i) => invalid(`p${i}`)));
    await queues.send(DLQ, productUpdated('fine'), { body: 'no JSON' });
    await queues.send(PRODUCT_DLQ, { body: 'no JSON either' });
    const page = async (query: string) =>
      (await operator(gateway).request<DeadLetterPage>('GET', `/dead-letter-messages?${query}`)).body;
    const first = await page('limit=100');
    assert.deepEqual(
      first.groups.map(({ queue, eventType, isAcceptable, count }) => [
        queue,
        eventType,
        isAcceptable,
        count,
      ]),
      [
        [DLQ, 'ProductUpdated', false, 131],
        [PRODUCT_DLQ, undefined, false, 1],
        [DLQ, 'ProductUpdated', true, 1],
        [DLQ, undefined, false, 1],
      ],
    );
    assert.deepEqual(
      [first.total, first.messages.length, first.next, first.isComplete],
      [134, 100, 100, true],
    );
    const second = await page('limit=100&offset=100');
    assert.deepEqual([second.messages.length, second.next], [34, undefined]);
    const ids = [...first.messages, ...second.messages].map(({ messageId }) => messageId);
    assert.equal(new Set(ids).size, 134);

    const reason = encodeURIComponent(first.groups[0]?.reason ?? '');
    const totalOf = async (query: string) => (await page(query)).total;
    assert.equal(await totalOf(`reason=${reason}`), 131);
    assert.equal(await totalOf(`queue=${PRODUCT_DLQ}`), 1);
    assert.equal(await totalOf('text=EITHER'), 1);
    assert.equal(await totalOf('type=ProductUpdated&text=fine'), 1);
    const looks = first.messages.map(({ receives }) => receives);
    const again = (await page('limit=100')).messages.map(({ receives }) => receives);
    assert.deepEqual(again, looks, 'a page that was just read is not received again');
    assert.equal((await operator(gateway).request('GET', '/dead-letter-messages?queue=none')).status, 404);
  }));

test('attempts are those of the consumer, however often one looks (N4); a letter that fails again says so; it is edited, or discarded (M7)', async () => {
  await using folder = await temporaryFolder();
  const env = { EPHEMERAL: '0', DATA_DIR: folder.path };
  await withSystem(async ({ urls: { gateway, aws } }) => {
    const { request, post } = operator(gateway);
    const messages = async () =>
      (await request<DeadLetterPage>('GET', `/dead-letter-messages?queue=${DLQ}`)).body.messages;
    const redrive = (body: object) => post<Redriven>(`/dead-letters/${DLQ}/redrive`, body);
    const discard = (body: object) => post<Discarded>(`/dead-letters/${DLQ}/discard`, body);
    const letterAfter = async (messageId: string | undefined) => {
      const [found] = await until(
        () => messages(),
        ([letter]) => letter !== undefined && letter.messageId !== messageId,
      );
      return found;
    };
    await post('/poison', { queue: QUEUE });
    const first = await letterAfter(undefined);
    const cli = (...args: string[]) =>
      startDlq(args, { DATA_DIR: folder.path, AWS_PORT: new URL(aws).port }, folder.path).exit;
    for (let i = 0; i < 3; i += 1) assert.equal((await cli('show', DLQ)).code, 0);
    // Its depth changes twice, so that it is received again.
    using queues = openQueues(aws);
    await queues.send(DLQ, productUpdated('other'));
    const [looked] = await messages();
    assert.ok((looked?.receives ?? 0) >= 9, String(looked?.receives));
    assert.deepEqual([first?.attempts, looked?.attempts, looked?.lastRedrive], [5, 5, undefined]);

    const { eventId = '', body = '' } = first ?? {};
    assert.deepEqual((await redrive({ only: eventId, isForced: true })).body, {
      sent: 1,
      left: 0,
      reasons: {},
    });
    await until(
      async () => (await messages()).find((letter) => letter.eventId === eventId),
      (letter) => letter?.lastRedrive?.who === 'tester',
    );
    assert.match(
      (await cli('show', DLQ, '--only', eventId)).stdout,
      /^redriven +\S+ by tester: it was dead/m,
    );
    assert.equal((await cli('discard', DLQ, '--match', 'product/other', '--reason', 'test')).code, 0);

    const refused = await redrive({ only: eventId, body: '{"eventType":"ProductUpdated"}' });
    assert.deepEqual([refused.body.sent, refused.body.left], [0, 1]);
    const { schemaVersion: _poison, ...right } = JSON.parse(body) as { readonly schemaVersion: string };
    const edited = JSON.stringify(right);
    assert.equal((await redrive({ only: eventId, body: edited })).body.sent, 1);
    await until(
      () => Promise.all([QUEUE, DLQ].map((queue) => depth(aws, queue))),
      (depths) => depths.every((messages) => messages === 0),
    );

    const gone = [await redrive({ only: eventId }), await discard({ why: 'x', filter: { only: eventId } })];
    assert.deepEqual(
      gone.map(({ status, body }) => [status, (body as object as { type: string }).type]),
      [404, 404].map((status) => [status, 'urn:tandem:problem:no-such-message']),
    );

    await queues.send(DLQ, invalid('a'), invalid('b'), productUpdated('c'));
    const [group] = (await request<DeadLetterPage>('GET', '/dead-letter-messages')).body.groups;
    const byReason = await discard({ why: 'drill', filter: { reason: group?.reason } });
    assert.deepEqual(byReason.body, { discarded: 2, left: 0 });
    assert.deepEqual((await discard({ why: 'rest', isAll: true })).body, { discarded: 1, left: 0 });
    assert.equal(await depth(aws, DLQ), 0);
    const records = await redriveRecords(folder.path);
    assert.deepEqual(
      records.flatMap(({ outcome, why, messages }) =>
        messages.map(({ body, editedBody }) => [outcome, why, body !== undefined, editedBody === edited]),
      ),
      [
        ['sending', undefined, false, false],
        ['sent', undefined, false, false],
        ['discarded', 'test', true, false],
        ['sending', undefined, true, true],
        ['sent', undefined, false, false],
        ['discarded', 'drill', true, false],
        ['discarded', 'drill', true, false],
        ['discarded', 'rest', true, false],
      ],
    );
  }, env);
});
