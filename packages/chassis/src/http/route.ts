import type { FastifyRequest } from 'fastify';
import type { App } from './types.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** `routeOptions`, which Fastify creates on every access, cached. */
    route: FastifyRequest['routeOptions'];
  }
}

/** Sets `request.route`. Idempotent. Register this before hooks that read it. */
export function registerRoute(app: App): void {
  if (app.hasRequestDecorator('route')) return;
  app.decorateRequest('route');
  app.addHook('onRequest', (request: FastifyRequest, _reply, done) => {
    request.route = request.routeOptions;
    done();
  });
}
