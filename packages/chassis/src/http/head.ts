import type { FastifyReply, RouteOptions } from 'fastify';
import type { App } from './types.ts';

type LengthHandler = Extract<NonNullable<RouteOptions['onSend']>, (...args: never[]) => void>;

/** Name of the handler by which Fastify replaces the payload of a HEAD route by its length. */
const LENGTH_HANDLER = 'headRouteOnSendHandler';

/** Whether the response is no content whose length could be named. */
const isWithoutLength = ({ statusCode }: FastifyReply) => statusCode === 204 || statusCode === 304;

/**
 * Registers the lengths of responses (RFC 9110, 8.6). 204 has none, and 304 not that of its empty body. HEAD has that of GET:
 * Fastify's length handler moves behind compression, otherwise HEAD had the uncompressed length. Must be registered after
 * compression and entity tags.
 */
export function registerLengths(app: App): void {
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (!isWithoutLength(reply)) return done();
    reply.removeHeader('content-length');
    done(null, payload === '' ? null : payload);
  });
  app.addHook('onRoute', (route) => {
    if (route.method !== 'HEAD' || route.onSend === undefined) return;
    const handlers = [route.onSend].flat();
    const isLast = ({ name }: { readonly name: string }) => name === LENGTH_HANDLER;
    const last = handlers.filter(isLast).map(exceptWithoutLength);
    route.onSend = [...handlers.filter((handler) => !isLast(handler)), ...last];
  });
}

function exceptWithoutLength(measure: LengthHandler): LengthHandler {
  return function (request, reply, payload, done) {
    return isWithoutLength(reply) ? done() : measure.call(this, request, reply, payload, done);
  };
}
