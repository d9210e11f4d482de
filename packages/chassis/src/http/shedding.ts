import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../errors.ts';
import type { LoadLimits } from '../limits.ts';
import type { Metrics } from '../metrics.ts';
import { runWithTrace } from '../trace.ts';
import { traceparentOf } from './hooks.ts';
import { sendProblem } from './problem.ts';
import type { App } from './types.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Turned away because there was too much to do. */
    isShed: boolean;
  }
}

/** How long a request may wait while others are turned away: the answers are to take less than a second. */
const MAX_WAIT_MS = 300;

/** For how long after the last request was turned away there is too much to do. */
const OVERLOAD_MS = 1_000;

/**
 * How many turns that have accepted a connection begin no request: there may be more, and what is on them must be read
 * to be turned away.
 */
const MAX_TURNS_ACCEPTING = 20;

/** One for all: an error with a stack of its own would cost more than its answer. */
const overloaded = new DomainError('unavailable', 'overloaded', 'There is too much to do: try again soon');

export interface SheddingOptions extends LoadLimits {
  readonly metrics: Metrics;
  /** The time in milliseconds, from any beginning. */
  readonly now?: () => number;
}

interface Waiting {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly begin: () => void;
  readonly since: number;
}

/**
 * Has requests wait in a queue, of which one is begun in each turn of the event loop: a turn accepts one connection, so
 * it must be short under any load. A burst that fits is served, however long it takes. While there is more, so that
 * requests are turned away by 503, none waits longer than 300 ms. System routes are exempt. To be registered first.
 */
export function registerShedding(app: App, options: SheddingOptions): void {
  const { maxInFlight, maxWaiting, metrics, now = () => performance.now() } = options;
  const queue: Waiting[] = [];
  let inFlight = 0;
  let isTurnTaken = false;
  let turnedAwayAt = -Infinity;
  let hasAccepted = false;
  let turnsAccepting = 0;

  app.server.on('connection', () => (hasAccepted = true));

  function turnAway(request: FastifyRequest, reply: FastifyReply): void {
    turnedAwayAt = now();
    metrics.count('requests_shed');
    request.isShed = true;
    runWithTrace(traceparentOf(request), () => sendProblem(overloaded, request, reply));
  }

  function beginNext(): void {
    if (isTurnTaken) return;
    while (inFlight < maxInFlight) {
      const next = queue.shift();
      if (!next) return;
      const { request, reply, begin, since } = next;
      if (request.socket.destroyed) continue;
      const time = now();
      if (time - turnedAwayAt < OVERLOAD_MS && time - since > MAX_WAIT_MS) turnAway(request, reply);
      else {
        isTurnTaken = true;
        setImmediate(endTurn);
        occupy(request, reply);
        return begin();
      }
    }
  }

  function endTurn(): void {
    if (hasAccepted && ++turnsAccepting < MAX_TURNS_ACCEPTING) {
      hasAccepted = false;
      setImmediate(endTurn);
      return;
    }
    turnsAccepting = 0;
    isTurnTaken = false;
    beginNext();
  }

  function occupy({ raw }: FastifyRequest, reply: FastifyReply): void {
    const enter = () => {
      inFlight += 1;
      // Comes once, after the answer as well as when the client has gone.
      reply.raw.once('close', () => {
        inFlight -= 1;
        beginNext();
      });
    };
    const hasBody =
      raw.headers['transfer-encoding'] !== undefined || Number(raw.headers['content-length'] ?? 0) > 0;
    if (raw.complete || !hasBody) enter();
    else raw.once('end', enter);
  }

  app.decorateRequest('isShed', false);
  app.addHook('onRequest', (request, reply, begin) => {
    if (request.routeOptions.config.system) return begin();
    if (queue.length >= maxWaiting) return turnAway(request, reply);
    queue.push({ request, reply, begin, since: now() });
    beginNext();
  });
}
