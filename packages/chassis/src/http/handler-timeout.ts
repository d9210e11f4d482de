import type { FastifyReply } from 'fastify';
import { DomainError } from '../errors.ts';
import { inSpan } from '../trace.ts';
import { sendProblem } from './problem.ts';
import type { App } from './types.ts';

/** Longer than a call to AWS with all of its attempts, 3 s each, and than a contended write. */
const HANDLER_TIMEOUT_MS = 20_000;

/** Interval of the check for expired deadlines. */
const SWEEP_MS = 100;

const timedOut = new DomainError(
  'unavailable',
  'timed-out',
  'The request timed out. Retry it; a write may have been applied.',
);

/**
 * Responds 503 if a handler has not responded 20 s, or `config.handlerTimeoutMs`, after the body arrived; its late response
 * is ignored. Fastify's own `handlerTimeout` is cancelled at the end of the request's body, so that it never applies to a POST.
 */
export function registerHandlerTimeout(app: App): void {
  /** Deadlines of running handlers. */
  const deadlines = new Map<FastifyReply, number>();

  const respondWithTimeout = (reply: FastifyReply) => {
    const { request } = reply;
    const traceparent = String(reply.getHeader('traceparent'));
    inSpan({ traceparent }, () => sendProblem(timedOut, request, reply));
    // Fastify would log the path of a late response, which may be a secret: a guest's cart id.
    reply.log = request.log.child({}, { level: 'silent' });
  };
  // One timer for all requests: a timer for each would add a tenth to the CPU time of a small request.
  let sweeping: NodeJS.Timeout | undefined;
  const stop = () => {
    clearInterval(sweeping);
    sweeping = undefined;
  };
  const sweep = () => {
    const now = performance.now();
    for (const [reply, deadline] of deadlines) {
      if (reply.sent || reply.raw.closed) deadlines.delete(reply);
      else if (deadline <= now) respondWithTimeout(reply);
    }
    // An idle process is not woken up.
    if (deadlines.size === 0) stop();
  };

  app.addHook('onClose', async () => stop());
  app.addHook('preHandler', (request, reply, done) => {
    const { handlerTimeoutMs = HANDLER_TIMEOUT_MS } = request.route.config;
    deadlines.set(reply, performance.now() + handlerTimeoutMs);
    sweeping ??= setInterval(sweep, SWEEP_MS).unref();
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    deadlines.delete(reply);
    done();
  });
}
