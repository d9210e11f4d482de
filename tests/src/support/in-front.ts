import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A request as it arrived. */
export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** When it came, as `performance.now()`. */
  readonly at: number;
}

/** What is done to a request instead of passing it on, or to its answer: `lose` passes it on and cuts the connection. */
export type Interference = ((response: ServerResponse) => void) | 'lose' | undefined;

/** Something between a client and the system, as a load balancer is. */
export interface InFront extends AsyncDisposable {
  readonly url: string;
  readonly arrived: readonly Arrived[];
}

/** Passes every request on to `upstream`, but for those that `interfere` has a mind of its own about. */
export async function startInFront(
  upstream: string,
  interfere: (request: Arrived) => Interference,
): Promise<InFront> {
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    const { method = '', url: path = '', headers } = request;
    const one = { method, path, headers, at: performance.now() };
    arrived.push(one);
    const interference = interfere(one);
    if (typeof interference === 'function') {
      interference(response);
      return;
    }
    const passOn = async () => {
      const body = await buffer(request);
      const { host: _, connection: __, 'content-length': ___, ...kept } = headers;
      const sent = Object.entries(kept).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      );
      const init = { method, headers: sent, ...(body.length > 0 ? { body } : {}) };
      const answer = await fetch(upstream + path, { ...init, redirect: 'manual' });
      const text = Buffer.from(await answer.arrayBuffer());
      if (interference === 'lose') response.destroy();
      else {
        response.statusCode = answer.status;
        response.setHeader('content-type', answer.headers.get('content-type') ?? 'text/plain');
        response.end(text);
      }
    };
    passOn().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
