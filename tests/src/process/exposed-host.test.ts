import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { client } from '../support/http.ts';
import { spawnFailing, spawnSystem } from '../support/process.ts';

/** Reached by a server that listens on every interface, and not by one at 127.0.0.1; on Linux alone it needs no set-up. */
const OTHER_ADDRESS = '127.0.0.2';
const skip = process.platform !== 'linux' && `skipped: ${OTHER_ADDRESS} is an address of Linux only`;

async function isReached(url: string): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), OTHER_ADDRESS);
  const connected = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return connected;
}

for (const args of [[], ['--processes']]) {
  const mode = args.length > 0 ? 'in processes' : 'in one process';
  test(
    `HOST=0.0.0.0 exposes the gateway only, ${mode}, with one line of warning (security 9)`,
    { skip },
    async () => {
      await using system = await spawnSystem({ HOST: '0.0.0.0', EPHEMERAL: '1' }, args);
      const reached = Object.entries(system.urls).map(
        async ([name, url]) => [name, await isReached(url)] as const,
      );
      assert.deepEqual(Object.fromEntries(await Promise.all(reached)), {
        gateway: true,
        product: false,
        cart: false,
        analytics: false,
        aws: false,
      });
      for (const url of Object.values(system.urls)) assert.equal(new URL(url).hostname, '127.0.0.1');

      const gateway = client(system.urls.gateway);
      const post = (headers: Record<string, string>) =>
        gateway.call('POST', '/console/sign-in', { body: { user: 'alice' }, headers });
      assert.equal((await post({})).status, 200);
      const forwarded = await post({ 'x-forwarded-for': '192.0.2.7' });
      assert.deepEqual(
        [forwarded.status, forwarded.body['type']],
        [403, 'urn:tandem:problem:this-machine-only'],
      );
      assert.equal((await gateway.putProduct('mug')).status, 201);

      const { stderr } = await system.stop();
      const warnings = stderr.split('\n').filter((line) => line.startsWith('Warning: '));
      assert.equal(warnings.length, 1, stderr);
      assert.match(warnings[0] ?? '', /HOST=0\.0\.0\.0 .*\bgateway \(port \d+, without TLS\).*\bconsole\b/);
    },
  );
}

for (const HOST of ['localhost', '127.0.0.1', OTHER_ADDRESS])
  test(
    `HOST=${HOST} exposes nothing, and there is no warning (security 9)`,
    { skip: HOST === OTHER_ADDRESS && skip },
    async () => {
      await using system = await spawnSystem({ HOST, EPHEMERAL: '1' });
      for (const url of Object.values(system.urls)) assert.equal(new URL(url).hostname, HOST);
      assert.equal((await system.stop()).stderr, '');
    },
  );

test('a HOST that is no address of this machine is reported in one line', async () => {
  const { code, stdout, stderr } = await spawnFailing({ HOST: '192.0.2.99', EPHEMERAL: '1' });
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /^.*\bHOST\b.*\n$/);
});
