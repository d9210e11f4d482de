import type { FastifyReply } from 'fastify';
import { DomainError } from '../errors.ts';
import { inSpan } from '../trace.ts';
import { sendProblem } from './problem.ts';
import type { App } from './types.ts';

/** Longer than a call to AWS takes with all its attempts, of 3 s each, and than a contended write. */
const HANDLER_TIMEOUT_MS = 20_000;

/** Interval at which handlers that take too long are looked for. */
const SWEEP_MS = 100;

const timedOut = new DomainError(
  'unavailable',
  'timed-out',
  'The request timed out. Retry it; a write may have been applied.',
);

/**
 * Answers 503 for a handler that has not answered 20 s after its input arrived, or `config.handlerTimeoutMs`. What it
 * still does is ignored. Fastify's own `handlerTimeout` ends with the request's body, so that no POST has one.
 */
export function registerHandlerTimeout(app: App): void {
  /** Deadline of each running handler. */
  const deadlines = new Map<FastifyReply, number>();

  const giveUp = (reply: FastifyReply) => {
    const { request } = reply;
    const traceparent = String(reply.getHeader('traceparent'));
    inSpan({ traceparent }, () => sendProblem(timedOut, request, reply));
    // Fastify would log the path of what is answered too late: a guest's cart id is a secret.
    reply.log = request.log.child({}, { level: 'silent' });
  };
  // One timer for all: one each would be a tenth of a small request's work.
  const sweep = setInterval(() => {
    const now = performance.now();
    for (const [reply, deadline] of deadlines) {
      if (reply.sent || reply.raw.closed) deadlines.delete(reply);
      else if (deadline <= now) giveUp(reply);
    }
  }, SWEEP_MS);
  sweep.unref();

  app.addHook('onClose', async () => clearInterval(sweep));
  app.addHook('preHandler', (request, reply, done) => {
    const { handlerTimeoutMs = HANDLER_TIMEOUT_MS } = request.route.config;
    deadlines.set(reply, performance.now() + handlerTimeoutMs);
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    deadlines.delete(reply);
    done();
  });
}
