import { DomainError } from '@tandem/chassis/errors';
import { sendProblem } from '@tandem/chassis/http/problem';
import type { ServiceName } from '@tandem/contracts/topology';
import type { FastifyReply } from 'fastify';
import type { Instances } from './balance.ts';

/** How a connection ends to an instance that has gone. What it was sent may have had its effect, or not. */
const GONE = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE']);

/** What may be sent to another instance then. A write is its client's to repeat, who may have a key for that. */
const SAFE = new Set(['GET', 'HEAD']);

export interface PassedOn {
  readonly service: ServiceName;
  readonly instances: Instances;
  readonly path: string;
  readonly options: Parameters<FastifyReply['from']>[1];
}

/**
 * Answers with what the instance says whose turn it is. When that has gone, and the request is safe, with what the next
 * one says; with 503 where none answers.
 */
export function passOn(reply: FastifyReply, request: PassedOn, gone: ReadonlySet<string> = new Set()): void {
  const { service, instances, path, options } = request;
  const url = instances.next(gone);
  if (url === undefined) return sendUnavailable(reply, service);
  reply.from(path, {
    ...options,
    getUpstream: () => url,
    onError: (_reply, { error }) => {
      const isGone = GONE.has((error.cause as NodeJS.ErrnoException | undefined)?.code ?? '');
      if (isGone) instances.takeOut(url);
      if (isGone && SAFE.has(reply.request.method)) passOn(reply, request, new Set([...gone, url]));
      else sendUnavailable(reply, service, error);
    },
  });
}

function sendUnavailable(reply: FastifyReply, service: ServiceName, cause?: Error): void {
  const message = `the ${service} service does not answer`;
  const problem = new DomainError('unavailable', 'upstream-unavailable', message, { cause });
  sendProblem(problem, reply.request, reply);
}
