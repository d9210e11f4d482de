import { DomainError } from '../errors.ts';
import { sendProblem } from './problem.ts';
import type { App } from './types.ts';

/** Longer than a call to AWS takes with all its attempts, of 3 s each, and than a contended write. */
const HANDLER_TIMEOUT_MS = 20_000;

const timedOut = new DomainError('unavailable', 'timed-out', 'The answer takes too long: try again');

/**
 * Answers 503 for a handler that has not answered 20 s after its input arrived, or `config.handlerTimeoutMs`. What it
 * still does is ignored. Fastify's own `handlerTimeout` ends with the request's body, so that no POST has one.
 */
export function registerHandlerTimeout(app: App): void {
  app.addHook('preHandler', (request, reply, done) => {
    const { handlerTimeoutMs = HANDLER_TIMEOUT_MS } = request.routeOptions.config;
    const timer = setTimeout(() => {
      if (reply.sent) return;
      sendProblem(timedOut, request, reply);
      // Fastify would log the path of what is answered too late: a guest's cart id is a secret.
      reply.log = request.log.child({}, { level: 'silent' });
    }, handlerTimeoutMs);
    reply.raw.once('close', () => clearTimeout(timer));
    done();
  });
}
