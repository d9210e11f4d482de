import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../errors.ts';
import type { LoadLimits } from '../limits.ts';
import type { Metrics } from '../metrics.ts';
import { runWithTrace } from '../trace.ts';
import { traceparentOf } from './hooks.ts';
import { sendProblem } from './problem.ts';
import { registerRoute } from './route.ts';
import { createEventLoopSlots } from './event-loop-slots.ts';
import type { EventLoopSlots } from './event-loop-slots.ts';
import type { App } from './types.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * Runs what only waits for something outside, such as an event: meanwhile the request does not count among those in
     * flight, so that others are served in its place.
     */
    idle: <T>(wait: () => Promise<T>) => Promise<T>;
    /** Turned away because there was too much to do. */
    isShed: boolean;
  }
}

/** Longest wait of a request while load is shed: responses are to take less than a second. */
const MAX_WAIT_MS = 200;

/** For how long after the last request was turned away there is too much to do. */
const OVERLOAD_MS = 1_000;

/** One for all: an error with a stack of its own would cost more than its answer. */
const overloaded = new DomainError(
  'unavailable',
  'overloaded',
  'The service is overloaded. Retry after a moment.',
);

export interface SheddingOptions extends LoadLimits {
  readonly metrics: Metrics;
  /** Default: those of the process. */
  readonly turns?: EventLoopSlots;
  /** The time in milliseconds, from any beginning. */
  readonly now?: () => number;
}

interface Waiting {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly begin: () => void;
  readonly since: number;
}

/** `request.idle` where the requests in flight are not limited. */
export function withoutLimit<T>(wait: () => Promise<T>): Promise<T> {
  return wait();
}

/** All apps of a process share its event loop. */
const turnsOfProcess = createEventLoopSlots(() => performance.now());

/**
 * Has requests wait in a queue, from which they are begun for at most some milliseconds in each turn of the event loop. A
 * burst that fits into the queue is served, however long it takes. While there is more, so that requests are turned
 * away by 503, none waits longer than 200 ms. System routes are exempt. To be registered before other hooks.
 */
export function registerShedding(app: App, options: SheddingOptions): void {
  const { maxInFlight, maxWaiting, metrics, turns = turnsOfProcess, now = () => performance.now() } = options;
  /** In the order that they came. */
  const queue = new Set<Waiting>();
  let inFlight = 0;
  let turnedAwayAt = -Infinity;

  function turnAway(request: FastifyRequest, reply: FastifyReply): void {
    turnedAwayAt = now();
    metrics.count('RequestsShed');
    request.isShed = true;
    runWithTrace(traceparentOf(request), () => sendProblem(overloaded, request, reply));
  }

  function isTooLate({ since }: Waiting): boolean {
    const time = now();
    return time - turnedAwayAt < OVERLOAD_MS && time - since > MAX_WAIT_MS;
  }

  function first(): Waiting | undefined {
    const [next] = queue;
    if (next) queue.delete(next);
    return next;
  }

  function beginNext(): void {
    while (queue.size > 0 && inFlight < maxInFlight && turns.take()) {
      let next = first();
      for (; next && isTooLate(next); next = first()) turnAway(next.request, next.reply);
      if (!next) return;
      occupy(next.request, next.reply);
      next.begin();
    }
  }

  function occupy(request: FastifyRequest, reply: FastifyReply): void {
    const { raw } = request;
    let isIn = false;
    let isOver = reply.raw.closed;
    // What is refused by its headers is answered before its body has arrived: it was never in.
    const enter = () => {
      isIn = !isOver;
      inFlight += Number(isIn);
    };
    // Comes once, after the answer as well as when the client has gone.
    reply.raw.once('close', () => {
      isOver = true;
      inFlight -= Number(isIn);
      beginNext();
    });
    request.idle = async (wait) => {
      inFlight -= Number(isIn);
      isIn = false;
      beginNext();
      try {
        return await wait();
      } finally {
        enter();
      }
    };
    const { 'transfer-encoding': encoding, 'content-length': length = '0' } = raw.headers;
    if (raw.complete || (encoding === undefined && length === '0')) enter();
    else raw.once('end', enter);
  }

  registerRoute(app);
  const leave = turns.onFree(beginNext);
  app.addHook('onClose', async () => leave());
  app.server.on('connection', () => turns.accepted());
  app.decorateRequest('isShed', false);
  app.decorateRequest('idle', withoutLimit);
  app.addHook('onRequest', (request, reply, begin) => {
    if (request.route.config.system) return begin();
    if (queue.size === 0 && inFlight < maxInFlight && turns.take()) {
      occupy(request, reply);
      return begin();
    }
    if (queue.size >= maxWaiting) return turnAway(request, reply);
    const waiting = { request, reply, begin, since: now() };
    queue.add(waiting);
    // Whoever has gone must not be begun: `close` does not come again, so that its place would be kept for ever.
    reply.raw.once('close', () => queue.delete(waiting));
    beginNext();
  });
}
