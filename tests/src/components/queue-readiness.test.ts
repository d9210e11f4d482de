import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { assembleService } from '@tandem/local/system/assemble';
import { assemblyOptions } from '../support/assembly.ts';
import { client } from '../support/http.ts';
import { startMessaging } from '../support/messaging.ts';
import { until } from '../support/until.ts';

/** Connections to a port, which can be cut off: then each is closed at once, as a port without a listener does. */
async function openLine(endpoint: string) {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(Number(new URL(endpoint).port), '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket
        .on('error', () => undefined)
        .on('close', () => (sockets.delete(socket), near.destroy(), far.destroy()));
    }
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut(cut: boolean) {
      isCut = cut;
      if (cut) for (const socket of sockets) socket.destroy();
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

test('a task is not ready before it has reached its queue, and stays ready in a later outage (oracle 4)', async () => {
  await using stack = new AsyncDisposableStack();
  const messaging = stack.use(await startMessaging());
  const line = stack.use(await openLine(messaging.endpoint));
  line.cut(true);
  const assembly = stack.use(await assembleService('product', assemblyOptions(line.endpoint)));
  const service = await assembly.createService();
  const { url } = await service.start({ host: '127.0.0.1', port: 0 });
  stack.defer(() => service.stop());
  const { call } = client(url);
  const ready = async () => {
    const { status, body } = await call('GET', '/ready');
    const checks = body['checks'] as readonly { name: string; ok: boolean; detail?: string }[];
    return { status, queue: checks.find(({ name }) => name === 'product-cart-events-queue') };
  };

  const { status, queue } = await until(
    ready,
    ({ queue }) => queue?.detail !== undefined && !queue.detail.endsWith('yet'),
  );
  assert.deepEqual([status, queue?.ok], [503, false], JSON.stringify(queue));
  line.cut(false);
  await until(ready, ({ status }) => status === 200);
  line.cut(true);
  assert.deepEqual(await ready(), { status: 200, queue: { name: 'product-cart-events-queue', ok: true } });
  line.cut(false);
});
