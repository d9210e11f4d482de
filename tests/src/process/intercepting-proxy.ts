import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** Received request. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Time of arrival, by `performance.now()`. */
  readonly at: number;
}

/** Interception of a request: a function responds instead of the upstream; `lose` forwards it and drops the response. */
export type Interception = ((response: ServerResponse) => void) | 'lose' | undefined;

/** Proxy between a client and the system. */
export interface InterceptingProxy extends AsyncDisposable {
  readonly url: string;
  readonly arrived: readonly ReceivedRequest[];
}

/** Starts a proxy that forwards all requests to `upstream`, apart from those that `intercept` handles. */
export async function startProxy(
  upstream: string,
  intercept: (request: ReceivedRequest) => Interception,
): Promise<InterceptingProxy> {
  const arrived: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    const { method = '', url: path = '', headers } = request;
    const received = { method, path, headers, at: performance.now() };
    arrived.push(received);
    const interception = intercept(received);
    if (typeof interception === 'function') {
      interception(response);
      return;
    }
    const forward = async () => {
      const body = await buffer(request);
      const { host: _, connection: __, 'content-length': ___, ...kept } = headers;
      const sent = Object.entries(kept).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      );
      const init = { method, headers: sent, ...(body.length > 0 ? { body } : {}) };
      const upstreamResponse = await fetch(upstream + path, { ...init, redirect: 'manual' });
      const text = Buffer.from(await upstreamResponse.arrayBuffer());
      if (interception === 'lose') response.destroy();
      else {
        response.statusCode = upstreamResponse.status;
        response.setHeader('content-type', upstreamResponse.headers.get('content-type') ?? 'text/plain');
        response.end(text);
      }
    };
    forward().catch(() => response.destroy());
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
