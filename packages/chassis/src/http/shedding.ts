import { DomainError } from '../errors.ts';
import type { Metrics } from '../metrics.ts';
import { sendProblem } from './problem.ts';
import type { App } from './types.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Turned away for lack of capacity. */
    isShed: boolean;
  }
}

/** One for all: an error of its own for each would cost more than its answer. */
const overloaded = new DomainError('unavailable', 'overloaded', 'There is too much to do: try again soon');

/**
 * Answers 503 at once to what arrives while `maxInFlight` requests are in flight; system routes are exempt. By Little's
 * law those who are let in wait about `maxInFlight` divided by the requests that are answered in a second.
 */
export function registerShedding(
  app: App,
  { maxInFlight, metrics }: { maxInFlight: number; metrics: Metrics },
): void {
  let inFlight = 0;
  // A request that is answered without waiting for anything would never be seen beside those that arrived with it, which
  // wait in the kernel meanwhile. So its place is free only after the event loop has turned.
  const leave = () => void setImmediate(() => (inFlight -= 1));

  app.decorateRequest('isShed', false);
  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.system) return done();
    if (inFlight >= maxInFlight) {
      metrics.count('requests_shed');
      request.isShed = true;
      return sendProblem(overloaded, request, reply);
    }
    inFlight += 1;
    // Comes after the answer as well as when the client has gone, once.
    reply.raw.once('close', leave);
    done();
  });
}
