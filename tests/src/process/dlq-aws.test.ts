import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { redriveRecords, startDlq } from './dlq.ts';
import { startProxy } from './intercepting-proxy.ts';
import { temporaryFolder } from '../support/process.ts';
import { closedPort } from '../support/closed-port.ts';
import { productUpdated } from '../support/events.ts';
import { startMessaging } from '../support/messaging.ts';
import { openQueues } from '../support/queues.ts';

const CART_DLQ = 'cart-product-updates-dlq';
const PRODUCT_DLQ = 'product-cart-events-dlq';
const PARKING = 'product-relay-parking-queue';

test("a deployment on AWS is reached with the AWS SDK's own credentials, region and --prefix", async () => {
  await using messaging = await startMessaging();
  const aws = messaging.endpoint;
  using queues = openQueues(aws);
  await queues.send(PARKING, { body: productUpdated('on-aws').body });
  const env = {
    AWS_ENDPOINT_URL: aws,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
  };
  await using folder = await temporaryFolder();
  const start = (args: readonly string[], changes = {}) =>
    startDlq(args, { ...env, ...changes }, folder.path).exit;
  const sent = await start(['redrive', PARKING, '--aws']);
  assert.equal(sent.code, 0, sent.stderr);
  assert.match(sent.stdout, /^sent 1 to product-events-topic\nrecorded in \S+redrives\.ndjson\n$/);
  assert.equal((await redriveRecords(folder.path)).length, 2);

  await queues.send(PARKING, { body: productUpdated('of a drill').body });
  const discarded = await start(['discard', PARKING, '--all', '--reason', 'drill', '--aws']);
  assert.deepEqual([discarded.code, discarded.stderr], [0, '']);
  assert.match(discarded.stdout, /^discarded 1\nrecorded in \S+redrives\.ndjson\n$/);
  assert.match((await redriveRecords(folder.path)).at(-1)?.messages[0]?.body ?? '', /of a drill/);

  const missing = await start(['list', '--aws', '--prefix', 'staging-']);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /^sqs:GetQueueUrl: queue staging-\S+ does not exist: [^\n]*--prefix[^\n]*\n$/);

  await using forbidding = await startProxy(aws, ({ headers }) =>
    String(headers['x-amz-target']).endsWith('ReceiveMessage')
      ? (response) =>
          void response
            .writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
            .end('{"__type":"com.amazonaws.sqs#AccessDeniedException","message":"not authorized"}')
      : undefined,
  );
  const denied = await start(['show', PARKING, '--aws'], { AWS_ENDPOINT_URL: forbidding.url });
  assert.equal(denied.code, 1);
  assert.match(denied.stderr, /^access denied: sqs:ReceiveMessage on product-relay-parking-queue; [^\n]*\n$/);

  const noCredentials = { AWS_REGION: 'us-east-1', AWS_EC2_METADATA_DISABLED: 'true', HOME: folder.path };
  const anonymous = await startDlq(['list', '--aws'], noCredentials, folder.path).exit;
  assert.equal(anonymous.code, 1);
  assert.match(anonymous.stderr, /^no valid AWS credentials: [^\n]*\n$/);
});

test('without a running system it prints one line with the fix, and exits with 1', async (t) => {
  const port = await closedPort(t);
  for (const args of [['list'], ['show', PARKING], ['redrive', PARKING]]) {
    const { code, stdout, stderr } = await startDlq(args, { AWS_PORT: String(port) }, tmpdir()).exit;
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(
      stderr,
      new RegExp(`^no system is running at 127.0.0.1:${port} – start it with npm start[^\n]*\n$`),
    );
  }
});

test('an invalid command line prints one line, and exits with 2', async () => {
  for (const [args, line] of [
    [[], /^unknown command: use list, show QUEUE or redrive QUEUE/],
    [['purge', CART_DLQ], /^unknown command/],
    [['list', CART_DLQ], /^list takes no queue/],
    [['show'], /^show needs exactly one queue/],
    [['redrive', CART_DLQ, PRODUCT_DLQ], /^redrive needs exactly one queue/],
    [['show', 'cart-product-updates-queue'], /^no dead-letter queue matches "cart-product-updates-queue"/],
    [['show', 'cart'], /^"cart" matches product-cart-events-dlq, cart-product-updates-dlq/],
    [['show', CART_DLQ, '--limit', '101'], /^--limit "101" is not an integer from 1 to 100/],
    [['redrive', CART_DLQ, '--rate', '0'], /^--rate "0" is not an integer from 1 to 500/],
    [['redrive', CART_DLQ, '--rate', '501'], /^--rate "501"/],
    [['redrive', CART_DLQ, '--only', ''], /^--only needs a message id or an event id/],
    [['show', CART_DLQ, '--force'], /^show has no option --force/],
    [['discard', CART_DLQ, '--all'], /^discard needs --reason/],
    [['discard', CART_DLQ, '--reason', 'x'], /^discard needs either --all or a selection/],
    [['discard', CART_DLQ, '--reason', 'x', '--all', '--type', 'X'], /^discard needs either --all or a sel/],
    [['discard', CART_DLQ, '--reason', '', '--all'], /^--reason needs a text/],
    [['discard', CART_DLQ, '--reason', 'x', '--match', ''], /^--match needs a text/],
    [['discard', CART_DLQ, '--reason', 'x', '--all', '--force'], /^discard has no option --force/],
    [['edit', CART_DLQ, '--only', 'x'], /^edit needs --only and --body/],
    [['edit', CART_DLQ, '--body', 'x'], /^edit needs --only and --body/],
    [['edit', CART_DLQ, '--all'], /^edit has no option --all/],
    [['list', '--region', 'eu-west-1'], /^--region and --prefix need --aws/],
    [['list', '--aws', '--endpoint', 'http://localhost'], /^--endpoint and --aws exclude each other/],
    [['list', '--endpoint', 'sqs'], /^"sqs" is not an http URL/],
    [['list', '--all'], /^list has no option --all/],
    [['list', '--every'], /^Unknown option '--every'/],
  ] as const) {
    const { code, stdout, stderr } = await startDlq(args, {}, tmpdir()).exit;
    assert.deepEqual([code, stdout], [2, ''], stderr);
    assert.match(stderr, line);
    assert.equal(stderr.split('\n').length, 2);
  }
  const { code, stdout } = await startDlq(['--help'], {}, tmpdir()).exit;
  assert.equal(code, 0);
  for (const action of ['sqs:ReceiveMessage', 'sqs:SendMessage', 'sns:Publish'])
    assert.ok(stdout.includes(action));
});
