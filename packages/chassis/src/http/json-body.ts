import { isUtf8 } from 'node:buffer';
import { errorCodes, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { DomainError } from '../errors.ts';
import { ProtocolError } from './problem.ts';
import type { App } from './types.ts';

const MAX_DEPTH = 64;
const JSON_TYPE = 'application/json';

/**
 * Parses JSON bodies in UTF-8, nested at most 64 deep so that recursion cannot overflow the stack. A route accepts
 * application/json, or the types that its schema `consumes`, without a content coding. A route that needs no body accepts an
 * empty one of any type and coding, for clients that always send a content type; the body is then its schema's default.
 */
export function registerJson(app: App): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (needsNoBody(request) && isEmpty(request)) {
      // Without this, the framework would look for a parser of the content type, although the body is empty.
      delete request.headers['content-type'];
      request.body = defaultBody(request);
    }
    done();
  });
  app.addHook('preParsing', (request, reply, _payload, done) => {
    // The parser rejects the coding of a chunked body, unless it is empty.
    if (isEmpty(request) || (needsNoBody(request) && isChunked(request))) return done();
    done(codingFault(request, reply));
  });
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request, payload, done) => {
    const reject = () =>
      done(
        codingFault(request) ??
          new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(request.headers['content-type']),
      );
    if (!needsNoBody(request)) return reject();
    // A chunked body may be empty. The first byte of any other is enough to reject it.
    payload.once('data', reject);
    payload.once('end', () => done(null, defaultBody(request)));
    payload.once('error', done);
  });
  app.addContentTypeParser<Buffer>(
    [JSON_TYPE, 'application/merge-patch+json'],
    { parseAs: 'buffer' },
    (request, body, done) => {
      if (body.length === 0 && needsNoBody(request)) return done(null, defaultBody(request));
      const { consumes = [JSON_TYPE] } = request.route.schema ?? {};
      const [type = ''] = (request.headers['content-type'] ?? '').split(';', 1);
      if (!consumes.includes(type.trim().toLowerCase())) {
        return done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(type));
      }
      const fault = codingFault(request) ?? contentFault(body);
      if (fault) return done(fault);
      void parse(request, body.toString(), done);
    },
  );
}

/** Whether a route reads no body, or its schema has a default for one. */
function needsNoBody({ route }: FastifyRequest): boolean {
  const body = route.schema?.body;
  return body === undefined || body instanceof z.ZodPrefault;
}

/** The body of a request without one: an empty object, to which a schema applies its default. */
function defaultBody({ route }: FastifyRequest): object | undefined {
  return route.schema?.body === undefined ? undefined : {};
}

function isChunked({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined;
}

/** The fault of a body with a content coding; the header says that the coding is at fault, not the type (RFC 9110, 15.5.16). */
function codingFault({ headers }: FastifyRequest, reply?: FastifyReply): ProtocolError | undefined {
  const coding = headers['content-encoding'] ?? 'identity';
  if (coding.toLowerCase() === 'identity') return undefined;
  reply?.header('accept-encoding', 'identity');
  return new ProtocolError(
    415,
    'unsupported-content-coding',
    'A coding of the body is not supported. Send it without Content-Encoding.',
  );
}

function contentFault(body: Buffer): Error | undefined {
  if (!isUtf8(body)) return new errorCodes.FST_ERR_CTP_INVALID_JSON_BODY();
  if (depthOf(body) <= MAX_DEPTH) return undefined;
  const detail = `The body is nested more than ${MAX_DEPTH} levels deep. Flatten it.`;
  return new DomainError('invalid', 'nested-too-deeply', detail);
}

/** Whether a request has no body, or an empty one. */
export function isEmpty({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
}

const [quote, backslash, openBracket, closeBracket, openBrace, closeBrace] = Buffer.from('"\\[]{}');

/** Nesting depth of arrays and objects; meaningful for valid JSON only. */
function depthOf(json: Buffer): number {
  let depth = 0;
  let deepest = 0;
  let isString = false;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i];
    if (byte === quote) isString = !isString;
    else if (isString) i += byte === backslash ? 1 : 0;
    else if (byte === openBracket || byte === openBrace) deepest = Math.max(deepest, ++depth);
    else if (byte === closeBracket || byte === closeBrace) depth--;
  }
  return deepest;
}
