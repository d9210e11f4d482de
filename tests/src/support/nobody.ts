import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import type { TestContext } from 'node:test';

/** A port at which nobody listens until the test ends: the near end of a connection, which nobody else is given while it is open. */
export async function portOfNobody(t: TestContext): Promise<number> {
  const far = createServer().listen(0, '127.0.0.1').unref();
  await once(far, 'listening');
  const near = connect((far.address() as AddressInfo).port, '127.0.0.1');
  await once(near, 'connect');
  t.after(() => (near.destroy(), far.close()));
  return near.localPort ?? 0;
}
