import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client } from '../support/http.ts';
import { spawnFailing, spawnSystem, temporaryFolder } from '../support/process.ts';

test('a port in use is reported in one line with its variable, and the other system is not affected', async (t) => {
  await using first = await spawnSystem({ EPHEMERAL: '1' });
  const { gateway, product, cart, aws } = first.urls;
  const variables = { PORT: gateway, PRODUCT_PORT: product, CART_PORT: cart, AWS_PORT: aws };

  for (const [variable, url] of Object.entries(variables)) {
    await t.test(variable, async () => {
      const { port } = new URL(url);
      const { code, stdout, stderr } = await spawnFailing({ EPHEMERAL: '1', [variable]: port });
      assert.equal(code, 1);
      assert.equal(stdout, '');
      assert.match(stderr, new RegExp(`^.*\\b${port}\\b.*\\b${variable}\\b.*\\n$`));
    });
  }

  const api = client(gateway);
  assert.equal((await api.putProduct('mug')).status, 201);
  assert.equal((await api.call('GET', '/health')).status, 200);
});

test('a data directory in use is reported in one line, and the other system is not affected', async () => {
  await using folder = await temporaryFolder();
  await using first = await spawnSystem({ DATA_DIR: folder.path });

  const { code, stdout, stderr } = await spawnFailing({ DATA_DIR: folder.path });
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.equal(stderr.split('\n').length, 2, stderr);
  assert.ok(stderr.includes(folder.path) && stderr.includes('DATA_DIR'), stderr);

  const api = client(first.urls.gateway);
  assert.equal((await api.putProduct('mug')).status, 201);
  assert.equal((await first.stop()).code, 0);

  await using next = await spawnSystem({ DATA_DIR: folder.path });
  assert.equal((await client(next.urls.gateway).product('mug')).status, 200);
});

test('a data directory can be used again at once after a kill -9', async () => {
  await using folder = await temporaryFolder();
  await using first = await spawnSystem({ DATA_DIR: folder.path });
  assert.equal((await first.kill9()).signal, 'SIGKILL');
  await using next = await spawnSystem({ DATA_DIR: folder.path });
  assert.equal((await next.stop()).code, 0);
});

test('each invalid environment variable is reported in one line, without a stack trace', async () => {
  const faults = { PORT: 'abc', CART_PORT: '70000', SEED: 'perhaps', LOG_LEVEL: 'loud' };
  const { code, stdout, stderr } = await spawnFailing({ ...faults, EPHEMERAL: '1' });
  assert.equal(code, 1);
  assert.equal(stdout, '');
  for (const variable of Object.keys(faults)) assert.match(stderr, new RegExp(`^${variable}: \\S`, 'm'));
  assert.equal(stderr.trimEnd().split('\n').length, 1 + Object.keys(faults).length, stderr);
  assert.doesNotMatch(stderr, /^\s+at /m);
});

test('an unknown service in SERVICES is reported in one line that names it and the valid ones', async () => {
  const { code, stdout, stderr } = await spawnFailing({ SERVICES: 'product,basket', EPHEMERAL: '1' });
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /^.*\bSERVICES: "basket" is no service\. Use product, cart, analytics\b.*\n$/);
});
