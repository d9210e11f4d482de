/** A bare server with one fixed response: `node:http` or Fastify, by its argument. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import type { ResponseBytes } from '../routes.ts';

process.on('disconnect', () => process.exit());
process.once('message', ({ headers, body }: ResponseBytes) => {
  const sendUrl = (address: string | AddressInfo | null) =>
    void process.send?.(`http://127.0.0.1:${(address as AddressInfo).port}`);
  if (process.argv[2] === 'fastify') {
    const app = Fastify();
    app.get('/products/:productId', (_request, reply) => reply.headers(headers).send(body));
    void app.listen({ host: '127.0.0.1', port: 0 }).then(() => sendUrl(app.server.address()));
  } else {
    const server = createServer((_request, response) => response.writeHead(200, headers).end(body));
    server.listen(0, '127.0.0.1', () => sendUrl(server.address()));
  }
});
