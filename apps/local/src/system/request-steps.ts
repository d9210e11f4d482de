import type { App } from '@tandem/chassis/http/types';
import { parseTraceparent } from '@tandem/chassis/trace';
import type { ServiceName } from '@tandem/contracts/topology';
import type { FastifyRequest } from 'fastify';
import { withoutCarts } from '@tandem/console/message';
import type { Report } from '@tandem/console/note';

/** Reports each request that was noted as passed on to a service, once it is answered. Returns what notes it. */
export function reportRequests(
  app: App,
  report: Report,
): (request: FastifyRequest, service: ServiceName) => void {
  const passedOn = new WeakMap<FastifyRequest, ServiceName>();
  app.addHook('onResponse', (request, reply, done) => {
    done();
    const service = passedOn.get(request);
    if (service === undefined) return;
    const [path = ''] = request.url.split('?', 1);
    const given = reply.getHeader('traceparent') ?? request.headers['traceparent'];
    const traceId = parseTraceparent(typeof given === 'string' ? given : undefined)?.traceId;
    report({
      kind: 'step',
      step: {
        kind: 'request',
        // When it came: what it caused may be under way before it is answered.
        at: Math.round(Date.now() - reply.elapsedTime),
        service,
        method: request.method,
        path: withoutCarts(path),
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 10) / 10,
        ...(traceId === undefined ? {} : { traceId }),
      },
    });
  });
  return (request, service) => void passedOn.set(request, service);
}
