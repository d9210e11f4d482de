import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from './types.ts';

/** A request with an idempotency key. */
export interface IdempotentRequest {
  /** Digest of caller, path and key: retries of a request have the same id. */
  readonly id: string;
  /** Digest of query and body: a different one under the same id is a misuse of the key. */
  readonly fingerprint: string;
  /** Time until which the response is stored, in seconds since the epoch. */
  readonly expiresAt: number;
  /** Call if the response is replayed: marks it with a header. */
  readonly onReplay: () => void;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set for a POST with an Idempotency-Key. */
    idempotent: IdempotentRequest | undefined;
  }
}

/** Retention of a stored response. */
const RETENTION_SECONDS = 24 * 60 * 60;

export const IDEMPOTENCY_KEY = 'idempotency-key';

const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/, 'must be 1 to 255 characters of printable ASCII')
  .meta({ examples: ['7d1c2b0e-5a43-4d39-8f6e-0c6a1f7f2b10'] })
  .optional()
  .describe(
    'Idempotency key: a request repeated with the same key within a day is applied once and gets the same response. Choose it at random, such as a UUID: guests behind one address who open a cart with the same key get the same cart',
  );

/**
 * Every POST accepts an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header). The handler stores its response
 * under `request.idempotent.id`, in the same transaction as its writes, and replays it for retries.
 */
export function registerIdempotency(app: App): void {
  app.decorateRequest('idempotent', undefined);
  app.addHook('onRoute', (route) => {
    if (route.method !== 'POST') return;
    route.preHandler = [identify, route.preHandler ?? []].flat();
    const headers = (route.schema?.headers ?? z.object({})) as z.ZodObject;
    route.schema = { ...route.schema, headers: headers.extend({ [IDEMPOTENCY_KEY]: idempotencyKey }) };
  });
}

function identify(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const key = request.headers[IDEMPOTENCY_KEY];
  if (key === undefined) return done();
  request.idempotent = {
    id: digestOf([callerOf(request), request.route.url, request.params, key]),
    fingerprint: fingerprintOf(request),
    expiresAt: Math.floor(Date.now() / 1000) + RETENTION_SECONDS,
    onReplay: () => void reply.header('idempotent-replayed', 'true'),
  };
  done();
}

/**
 * Guests who choose the same key must not get each other's responses. A path with an id contains a secret that only its
 * guest knows; on other paths guests are distinguished by their address.
 */
function callerOf({ identity, ip, params }: FastifyRequest): readonly string[] {
  if (identity) return ['user', identity.subject];
  return Object.keys(params ?? {}).length > 0 ? ['guest'] : ['guest', ip];
}

/** Fingerprint of query and parsed body. A streamed body is not included: its handler adds it. */
function fingerprintOf({ body, query, route }: FastifyRequest): string {
  const isParsed = route.schema?.body !== undefined && !(body instanceof Readable);
  return digestOf([query, ...(isParsed ? [body] : [])]);
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}
