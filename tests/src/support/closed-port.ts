import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import type { TestContext } from 'node:test';

/** Returns a port without a listener until the test ends: the local port of an open connection, which no other process can get. */
export async function closedPort(t: TestContext): Promise<number> {
  const far = createServer().listen(0, '127.0.0.1').unref();
  await once(far, 'listening');
  const near = connect((far.address() as AddressInfo).port, '127.0.0.1');
  await once(near, 'connect');
  t.after(() => (near.destroy(), far.close()));
  return near.localPort ?? 0;
}
