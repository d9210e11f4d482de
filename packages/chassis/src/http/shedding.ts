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
     * Waits for something outside of the process, such as an event. Meanwhile the request does not count as in flight, so
     * that another one can be handled.
     */
    idle: <T>(wait: () => Promise<T>) => Promise<T>;
    /** Whether the request was rejected by load shedding. */
    isShed: boolean;
  }
}

/** Longest wait of a request during an overload, so that responses take less than a second. */
const MAX_WAIT_MS = 200;

/** Time after the last shed request for which the process counts as overloaded. */
const OVERLOAD_MS = 1_000;

/** Shared by all requests: capturing a stack for each would cost more than the response. */
const overloaded = new DomainError(
  'unavailable',
  'overloaded',
  'The service is overloaded. Retry after a moment.',
);

export interface SheddingOptions extends LoadLimits {
  readonly metrics: Metrics;
  /** Default: the slots of the process. */
  readonly slots?: EventLoopSlots;
  /** Monotonic clock, in milliseconds. */
  readonly now?: () => number;
}

interface QueuedRequest {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly proceed: () => void;
  readonly queuedAt: number;
}

/** `request.idle` of an app without a concurrency limit. */
export function withoutLimit<T>(wait: () => Promise<T>): Promise<T> {
  return wait();
}

/** All apps of a process share its event loop. */
const processSlots = createEventLoopSlots(() => performance.now());

/**
 * Load shedding: requests wait in a queue, from which each turn of the event loop starts requests for a few milliseconds.
 * A burst that fits into the queue is served, however long it takes. Beyond it requests are rejected with 503, and
 * meanwhile none waits longer than 200 ms. System routes are exempt. Register this before other hooks.
 */
export function registerShedding(app: App, options: SheddingOptions): void {
  const { maxInFlight, maxWaiting, metrics, slots = processSlots, now = () => performance.now() } = options;
  /** First in, first out. */
  const queue = new Set<QueuedRequest>();
  let inFlight = 0;
  let lastShedAt = -Infinity;

  function shed(request: FastifyRequest, reply: FastifyReply): void {
    lastShedAt = now();
    metrics.count('RequestsShed');
    request.isShed = true;
    runWithTrace(traceparentOf(request), () => sendProblem(overloaded, request, reply));
  }

  function hasWaitedTooLong({ queuedAt }: QueuedRequest): boolean {
    const time = now();
    return time - lastShedAt < OVERLOAD_MS && time - queuedAt > MAX_WAIT_MS;
  }

  function dequeue(): QueuedRequest | undefined {
    const [next] = queue;
    if (next) queue.delete(next);
    return next;
  }

  function startQueued(): void {
    while (queue.size > 0 && inFlight < maxInFlight && slots.tryAcquire()) {
      let next = dequeue();
      for (; next && hasWaitedTooLong(next); next = dequeue()) shed(next.request, next.reply);
      if (!next) return;
      trackInFlight(next.request, next.reply);
      next.proceed();
    }
  }

  function trackInFlight(request: FastifyRequest, reply: FastifyReply): void {
    const { raw } = request;
    let isCounted = false;
    let isClosed = reply.raw.closed;
    // A request that is rejected by its headers is closed before its body has arrived, and is never counted.
    const count = () => {
      if (isCounted || isClosed) return;
      isCounted = true;
      inFlight += 1;
    };
    // `close` is emitted once, after the response or when the client disconnects.
    reply.raw.once('close', () => {
      isClosed = true;
      inFlight -= Number(isCounted);
      startQueued();
    });
    request.idle = async (wait) => {
      // Before its body has arrived, a request is not counted yet.
      if (!isCounted) return wait();
      inFlight -= 1;
      isCounted = false;
      startQueued();
      try {
        return await wait();
      } finally {
        count();
      }
    };
    const { 'transfer-encoding': encoding, 'content-length': length = '0' } = raw.headers;
    if (raw.complete || (encoding === undefined && length === '0')) count();
    else raw.once('end', count);
  }

  registerRoute(app);
  const unsubscribe = slots.onFree(startQueued);
  app.addHook('onClose', async () => unsubscribe());
  app.server.on('connection', () => slots.connectionAccepted());
  app.decorateRequest('isShed', false);
  app.decorateRequest('idle', withoutLimit);
  app.addHook('onRequest', (request, reply, proceed) => {
    if (request.route.config.system) return proceed();
    if (queue.size === 0 && inFlight < maxInFlight && slots.tryAcquire()) {
      trackInFlight(request, reply);
      return proceed();
    }
    if (queue.size >= maxWaiting) return shed(request, reply);
    const queued = { request, reply, proceed, queuedAt: now() };
    queue.add(queued);
    // A disconnected client must not be started: `close` is not emitted again, so that it would count as in flight for ever.
    reply.raw.once('close', () => queue.delete(queued));
    startQueued();
  });
}
