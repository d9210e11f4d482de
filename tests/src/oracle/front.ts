import { once } from 'node:events';
import { createServer, type IncomingMessage, request as plainRequest, type ServerResponse } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';

/** Proxy on 127.0.0.1 in place of DNS; it ends when it goes out of scope. */
export interface Front extends AsyncDisposable {
  /** URL of the load balancer on this machine. */
  readonly url: string;
  /** Variables by which curl and Node.js reach the load balancer by its deployed URL. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Starts a proxy that passes requests, also those that name no other host, with the load balancer's host to the emulator, which
 * routes them by the load balancer's rules. `certificate` is that of the emulator.
 */
export async function startFront(endpoint: string, certificate: string, host: string): Promise<Front> {
  const { hostname, port, protocol } = new URL(endpoint);
  const send = protocol === 'https:' ? tlsRequest : plainRequest;
  const forward = (incoming: IncomingMessage, response: ServerResponse) => {
    // A proxied request names its whole URL, and one in a tunnel its path only.
    const path = (incoming.url ?? '/').replace(/^https?:\/\/[^/]+/, '') || '/';
    const { method, headers } = incoming;
    const { 'proxy-connection': _, ...passed } = headers;
    const to = {
      hostname,
      port,
      method,
      path,
      headers: { ...passed, host },
      ca: certificate,
      servername: 'localhost',
    };
    const outgoing = send(to, (result) => {
      response.writeHead(result.statusCode ?? 502, result.headers);
      result.pipe(response);
    });
    outgoing.on('error', (error) => response.destroy(error));
    incoming.pipe(outgoing);
  };
  const server = createServer(forward).on('connect', (_incoming, socket) => {
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    server.emit('connection', socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const own = 'localhost,127.0.0.1';
  return {
    url: proxy,
    env: { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: proxy, http_proxy: proxy, NO_PROXY: own, no_proxy: own },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
