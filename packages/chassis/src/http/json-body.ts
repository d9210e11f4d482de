import { isUtf8 } from 'node:buffer';
import { errorCodes, type FastifyRequest } from 'fastify';
import { DomainError } from '../errors.ts';
import type { App } from './types.ts';

const MAX_DEPTH = 64;
const JSON_TYPE = 'application/json';

/**
 * Parses JSON bodies in UTF-8, nested at most 64 deep so that recursion cannot overflow the stack. A route accepts
 * application/json, or the types that its schema `consumes`. A route that reads no body accepts an empty one of any type,
 * for clients that always send a content type.
 */
export function registerJson(app: App): void {
  app.addHook('onRequest', (request, _reply, done) => {
    // Without this, the framework would look for a parser of the content type, although the body is empty.
    if (request.route.schema?.body === undefined && isEmpty(request)) delete request.headers['content-type'];
    done();
  });
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(
    [JSON_TYPE, 'application/merge-patch+json'],
    { parseAs: 'buffer' },
    (request, body, done) => {
      const { body: expected, consumes = [JSON_TYPE] } = request.route.schema ?? {};
      if (body.length === 0 && expected === undefined) return done(null);
      const [type = ''] = (request.headers['content-type'] ?? '').split(';', 1);
      if (!consumes.includes(type.trim().toLowerCase())) {
        return done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(type));
      }
      if (!isUtf8(body)) return done(new errorCodes.FST_ERR_CTP_INVALID_JSON_BODY());
      if (depthOf(body) <= MAX_DEPTH) return void parse(request, body.toString(), done);
      done(
        new DomainError(
          'invalid',
          'nested-too-deeply',
          `The body is nested more than ${MAX_DEPTH} levels deep. Flatten it.`,
        ),
      );
    },
  );
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
