import { DomainError } from '@tandem/chassis/errors';
import { sendProblem } from '@tandem/chassis/http/problem';
import type { ServiceName } from '@tandem/contracts/topology';
import type { FastifyReply } from 'fastify';
import type { Instances } from './balance.ts';

/** Error codes of a connection to an instance that is gone. The request may have had its effect, or not. */
const GONE = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE']);

/** Methods that are retried at another instance. Writes are not: the client may retry with an idempotency key. */
const SAFE = new Set(['GET', 'HEAD']);

export interface ForwardedRequest {
  readonly service: ServiceName;
  readonly instances: Instances;
  readonly path: string;
  readonly options: Parameters<FastifyReply['from']>[1];
}

/**
 * Forwards a request to the next instance, and its response to the client. If the instance is gone, a request with a safe
 * method is retried at the next one. Responds 503 if no instance responds.
 */
export function forward(
  reply: FastifyReply,
  request: ForwardedRequest,
  gone: ReadonlySet<string> = new Set(),
): void {
  const { service, instances, path, options } = request;
  const url = instances.next(gone);
  if (url === undefined) return sendUnavailable(reply, service);
  reply.from(path, {
    ...options,
    getUpstream: () => url,
    onError: (_reply, { error }) => {
      const isGone = GONE.has((error.cause as NodeJS.ErrnoException | undefined)?.code ?? '');
      if (isGone) instances.markUnhealthy(url);
      if (isGone && SAFE.has(reply.request.method)) forward(reply, request, new Set([...gone, url]));
      else sendUnavailable(reply, service, error);
    },
  });
}

function sendUnavailable(reply: FastifyReply, service: ServiceName, cause?: Error): void {
  const message = `The ${service} service is not available. Retry later.`;
  const problem = new DomainError('unavailable', 'upstream-unavailable', message, { cause });
  sendProblem(problem, reply.request, reply);
}
