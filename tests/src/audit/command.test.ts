import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCommand } from '../support/command.ts';
import { publisher } from '../support/events.ts';
import { client } from '../support/http.ts';
import { closedPort } from '../support/closed-port.ts';
import { spawnSystem } from '../support/process.ts';
import { until } from '../support/until.ts';

/** Runs `npm run audit`. */
const run = (...args: readonly string[]) => startCommand('@tandem/audit/main', args).exit;

/** Makes Product hold units for a cart that does not exist. */
async function holdForMissingCart({ gateway, aws }: { readonly gateway: string; readonly aws: string }) {
  const shop = client(gateway);
  await shop.putProduct('mug');
  const line = { productId: 'mug', qty: 3, priceAtAdd: 1000, userId: null };
  const event = { eventType: 'ProductAddedToCart', cartId: 'cart-missing', ...line, cartVersion: 2 };
  const body = JSON.stringify({ ...event, timestamp: new Date().toISOString() });
  await publisher(aws)('cart-events-topic', body);
  const isHeld = async () => (await shop.product('mug')).body.held === 3;
  await until(isHeld, (held) => held);
}

for (const [name, args, environment] of [
  ['in one process with its state in memory', [], { EPHEMERAL: '1' }],
  ['in processes', ['--processes'], {}],
] as const) {
  test(`a system ${name} is audited and repaired`, async () => {
    await using system = await spawnSystem({ SEED: '0', ...environment }, args);
    const { gateway } = system.urls;
    const audit = (...more: readonly string[]) => run('--url', gateway, '--settle', '1', ...more);
    await holdForMissingCart(system.urls);

    const found = await audit();
    assert.deepEqual([found.code, found.stderr], [1, '']);
    assert.match(
      found.stdout,
      /^mug {2}cart-missing {2}Product holds units [^\n]*: 3 in Product, 0 in the cart; --repair publishes CartExpired\n1 products, 1 reservations, 0 carts[^]*\n1 differences; [^\n]*\n$/,
    );
    const repaired = await audit('--repair');
    assert.equal(repaired.code, 0, repaired.stderr);
    assert.match(repaired.stdout, /repaired by CartExpired\n[^]*\n1 repaired, 0 left\n$/);
    const last = await audit('--json');
    assert.equal(last.code, 0);
    assert.partialDeepStrictEqual(JSON.parse(last.stdout), { ok: true, found: {}, left: 0 });
    assert.equal((await client(gateway).product('mug')).body.inventory, 100);
  });
}

test('--help exits with 0; an invalid option and an unreachable system exit with 2', async (t) => {
  const help = await run('--help');
  assert.deepEqual([help.code, help.stderr], [0, '']);
  assert.match(help.stdout, /--repair/);
  for (const args of [['--rate', '5'], ['--repair', '--rate', '0'], ['--prefix', 'staging-'], ['--all']]) {
    const { code, stderr } = await run(...args);
    assert.equal(code, 2);
    assert.match(stderr, /^[^\n]+--help[^\n]*\n$/);
  }
  const unreachable = await run('--url', `http://127.0.0.1:${await closedPort(t)}`);
  assert.equal(unreachable.code, 2);
  assert.match(unreachable.stderr, /^no system is running at [^\n]*\n$/);
});
