import { DomainError } from '@tandem/chassis/errors';
import { ProtocolError, sendProblem } from '@tandem/chassis/http/problem';
import { type ServiceName, titleOf } from '@tandem/contracts/topology';
import type { FastifyReply, FastifyRequest } from 'fastify';
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
 * method is retried at the next one. If it closes the connection, its readiness is checked. Responds 503 if no instance accepts
 * the request, 504 if one does not respond in time, and 502 if its response is not HTTP.
 */
export function forward(
  reply: FastifyReply,
  request: ForwardedRequest,
  gone: ReadonlySet<string> = new Set(),
): void {
  const { service, instances, path, options } = request;
  const url = instances.next(gone);
  if (url === undefined) return sendProblem(unavailable(service), reply.request, reply);
  reply.from(path, {
    ...options,
    getUpstream: () => url,
    onResponse: (_request, _reply, { stream }) => {
      // An instance that stops closes its connections.
      if (stream.headers.connection === 'close') instances.check(url);
      reply.send(stream);
    },
    onError: (_reply, { error }) => {
      const isGone = GONE.has((error.cause as NodeJS.ErrnoException | undefined)?.code ?? '');
      if (isGone) instances.markUnready(url);
      if (isGone && SAFE.has(reply.request.method)) forward(reply, request, new Set([...gone, url]));
      else sendProblem(problemOf(error, service), reply.request, reply);
    },
  });
}

function problemOf(error: Error, service: ServiceName): Error {
  const { code = '' } = (error.cause ?? {}) as NodeJS.ErrnoException;
  const title = titleOf(service);
  if ('statusCode' in error && error.statusCode === 504)
    return new ProtocolError(
      504,
      'upstream-timeout',
      `${title} did not respond in time. Retry later; a write may have been applied.`,
    );
  if (code.startsWith('HPE_'))
    return new ProtocolError(
      502,
      'upstream-invalid',
      `The response of ${title} was not valid HTTP. Retry later.`,
    );
  return unavailable(service, error);
}

function unavailable(service: ServiceName, cause?: Error): DomainError {
  const message = `The ${service} service is not available. Retry later.`;
  return new DomainError('unavailable', 'upstream-unavailable', message, { cause });
}

/** Responds to a request that may be forwarded no further (`Max-Forwards: 0`); TRACE is not implemented. */
export function respondAtLastHop(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (request.method === 'OPTIONS') return reply.code(204).send();
  const detail = 'TRACE is not implemented by the gateway. Use another method.';
  sendProblem(new ProtocolError(501, 'not-implemented', detail), request, reply);
  return reply;
}
