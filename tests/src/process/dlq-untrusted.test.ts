import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startDlq } from './dlq.ts';
import { spawnSystem, type SystemProcess } from '../support/process.ts';
import { openQueues } from '../support/queues.ts';

const QUEUE = 'cart-product-updates-dlq';
const TITLE = '\u001B]0;PWNED TITLE\u0007';
const CLIPBOARD = '\u001B]52;c;cm0gLXJmIH4=\u0007';
const CLEAR = '\u001B[2J\u001B[H\u009B2J';
/** No control character but line feeds, and nothing invisible: the output is what it seems to be. */
const CLEAN = /^[\n\P{C}]*$/u;

let system: SystemProcess;
const dlq = (...args: string[]) =>
  startDlq(args, { AWS_PORT: new URL(system.urls.aws).port }, system.folder).exit;

before(async () => {
  system = await spawnSystem({ EPHEMERAL: '1', SEED: '0' });
});
after(() => system[Symbol.asyncDispose]());

test('the workbench prints no control sequence of a dead letter (security 11)', async () => {
  using queues = openQueues(system.urls.aws);
  const eventId = `x${TITLE}${CLEAR}${CLIPBOARD}all clear: no dead letters\nmessage      fake\u202E\u200B`;
  const event = { eventType: 'ProductDeleted', eventId, productId: `p${CLEAR}`, version: 'x' };
  const traceparent = `00-\u009B2J\u202E-01`;
  await queues.send(
    QUEUE,
    { body: JSON.stringify(event), attributes: { traceparent, reason: 'a\u009B2J\u202E' } },
    {
      body: 'no JSON\u009B2J\u202E\nmessage      fake',
      attributes: { eventType: 'a\u009B2J', eventId: 'b\u202E' },
    },
  );
  const shown = await dlq('show', QUEUE);
  const dry = await dlq('redrive', QUEUE, '--dry-run');
  const unknown = await dlq('redrive', QUEUE, '--only', eventId.replace('x', 'y'));
  const usage = await dlq('show', `no-queue${CLEAR}`);
  const listed = await dlq('list');
  for (const { stdout, stderr } of [shown, dry, unknown, usage, listed]) {
    assert.match(stdout, CLEAN);
    assert.match(stderr, CLEAN);
  }

  const escaped = String.raw`ProductDeleted  x\u001b]0;PWNED TITLE\u0007\u001b[2J\u001b[H\u009b2J\u001b]52;c;`;
  assert.ok(shown.stdout.includes(`event        ${escaped}`), shown.stdout);
  assert.ok(dry.stderr.includes(escaped), dry.stderr);
  assert.equal(
    shown.stdout.match(/^message {6}/gm)?.length,
    2,
    'no line of a message looks like one of the tool',
  );
  // The body is the same JSON, in which the characters are escaped.
  const [, json = ''] = /^(\{\n[^]*?\n\})$/m.exec(shown.stdout) ?? [];
  assert.deepEqual(JSON.parse(json), event);
});

test('a dead letter with 180,000 faults and a long id is described in a few lines (security 12)', async () => {
  using queues = openQueues(system.urls.aws);
  await queues.receiveAll(QUEUE);
  const items = Array.from({ length: 60_000 }, () => ({}));
  const event = { eventType: 'CartCheckedOut', eventId: 'e'.repeat(10_000), items };
  await queues.send(QUEUE, { body: JSON.stringify(event) });
  const { stderr } = await dlq('redrive', QUEUE, '--dry-run');
  assert.match(stderr, /^left \S+ {2}CartCheckedOut {2}e{200}…: \/cartId: /m);
  assert.ok(stderr.length < 4_000, String(stderr.length));
});
