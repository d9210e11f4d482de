/** Bare Fastify with one fixed response, which it gets from its parent process; replies with its URL. */
import Fastify from 'fastify';
import type { Sample } from './subjects.ts';

process.on('disconnect', () => process.exit());
process.once('message', ({ headers, body }: Sample) => {
  const app = Fastify();
  app.get('/products/:productId', (_request, reply) => reply.headers(headers).send(body));
  void app.listen({ host: '127.0.0.1', port: 0 }).then((url) => process.send?.(url));
});
