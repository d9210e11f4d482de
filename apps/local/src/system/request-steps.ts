import type { App } from '@tandem/chassis/http/types';
import { parseTraceparent } from '@tandem/chassis/trace';
import type { ServiceName } from '@tandem/contracts/topology';
import type { FastifyRequest } from 'fastify';
import { redactCartIds, subjectOf } from '@tandem/console/message';
import { OWN_READ } from '@tandem/console/protocol';
import type { Report } from '@tandem/console/telemetry-message';

/**
 * Reports each forwarded request once it has a response, but reads that the console page makes for itself. Returns the function that marks a request as
 * forwarded.
 */
export function reportRequests(
  app: App,
  report: Report,
): (request: FastifyRequest, service: ServiceName) => void {
  const forwarded = new WeakMap<FastifyRequest, ServiceName>();
  app.addHook('onResponse', (request, reply, done) => {
    done();
    const service = forwarded.get(request);
    if (service === undefined || isOwnRead(request)) return;
    const [path = ''] = request.url.split('?', 1);
    const traceparent = reply.getHeader('traceparent') ?? request.headers['traceparent'];
    const span = parseTraceparent(typeof traceparent === 'string' ? traceparent : undefined);
    report({
      kind: 'step',
      step: {
        kind: 'request',
        // Time of arrival: its effects may start before the response.
        at: Math.round(Date.now() - reply.elapsedTime),
        service,
        method: request.method,
        path: redactCartIds(path),
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 10) / 10,
        ...(span && { traceId: span.traceId, spanId: span.spanId }),
        ...subjectOf(path),
      },
    });
  });
  return (request, service) => void forwarded.set(request, service);
}

/** Whether the console page reads for itself. A write changes the system, whoever sends it. */
function isOwnRead({ method, headers }: FastifyRequest): boolean {
  return headers[OWN_READ] !== undefined && (method === 'GET' || method === 'HEAD');
}
