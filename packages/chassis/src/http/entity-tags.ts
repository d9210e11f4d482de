import { negotiate } from '@fastify/accept-negotiator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isNotModified, parsePreconditions, tagOfCoding } from './preconditions.ts';
import { addVary } from './response-headers.ts';
import type { App } from './types.ts';

/** Content codings of responses, the preferred one first. */
export const CODINGS: ('br' | 'gzip')[] = ['br', 'gzip'];

/** Smallest compressed response, in bytes: below, headers are most of a response. */
export const MIN_CODED_BYTES = 1_024;

/**
 * Entity tags differ by content coding (RFC 9110, section 8.8.3.3), and a read whose If-None-Match has the tag of the content
 * in any coding is responded to with 304. A route sets the tag of the content alone. `Vary` names Accept-Encoding where the
 * response depends on it. Must be registered before compression, whose choice it predicts.
 */
export function registerEntityTags(app: App): void {
  app.addHook('onRoute', (route) => {
    if (route.compress === false) route.config = { ...route.config, isUncoded: true };
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    // A route that is never compressed responds with 304 itself.
    if (request.route.config.isUncoded || typeof payload !== 'string') return done();
    const coding = codingOf(request, reply, payload);
    const tag = reply.getHeader('etag');
    if (typeof tag !== 'string') return done();
    if (coding !== undefined) reply.header('etag', tagOfCoding(tag, coding));
    try {
      if (!isUnmodified(request, reply, tag)) return done();
    } catch (error) {
      return done(error as Error);
    }
    reply.code(304).removeHeader('content-type');
    done(null, '');
  });
}

/** The coding that the response will have; undefined if it will not be compressed. Sets `Vary` if the client chooses. */
function codingOf({ headers }: FastifyRequest, reply: FastifyReply, payload: string): string | undefined {
  if (payload.length < MIN_CODED_BYTES && Buffer.byteLength(payload) < MIN_CODED_BYTES) return undefined;
  addVary(reply, 'accept-encoding');
  const { 'accept-encoding': accepted, 'x-no-compression': isRefused } = headers;
  if (accepted === undefined || isRefused !== undefined) return undefined;
  // As the plugin: any coding means gzip, and so does its old name.
  return negotiate(accepted.toLowerCase().replace(/\*|x-gzip/g, 'gzip'), CODINGS) ?? undefined;
}

function isUnmodified({ method, headers }: FastifyRequest, { statusCode }: FastifyReply, tag: string) {
  const condition = headers['if-none-match'];
  if (condition === undefined || statusCode !== 200 || (method !== 'GET' && method !== 'HEAD')) return false;
  return isNotModified(parsePreconditions({ 'if-none-match': condition }), tag);
}
