import type { FastifyRequest } from 'fastify';
import type { App } from './types.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** As `routeOptions`, which Fastify creates anew on every access. */
    route: FastifyRequest['routeOptions'];
  }
}

/** Sets `request.route`, once however often this is called. To be registered before the hooks that look at it. */
export function registerRoute(app: App): void {
  if (app.hasRequestDecorator('route')) return;
  app.decorateRequest('route');
  app.addHook('onRequest', (request: FastifyRequest, _reply, done) => {
    request.route = request.routeOptions;
    done();
  });
}
