import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from './types.ts';

/** A request that its client may send again: by the same key it is the same one. */
export interface IdempotentRequest {
  /** Caller, path and key, as a digest. */
  readonly id: string;
  /** A digest of the query and the body: another one under the same id is another request. */
  readonly fingerprint: string;
  /** Until when its answer is remembered, in seconds since the epoch. */
  readonly expiresAt: number;
  /** Call if the response is replayed: a header says so. */
  readonly onReplay: () => void;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set for a POST with an Idempotency-Key. */
    idempotent: IdempotentRequest | undefined;
  }
}

/** Retention of a stored response. */
const REMEMBERED_SECONDS = 24 * 60 * 60;

export const IDEMPOTENCY_KEY = 'idempotency-key';

const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/, 'must be 1 to 255 characters of printable ASCII')
  .optional()
  .describe(
    'Idempotency key: a request repeated with the same key within a day is applied once and gets the same response',
  );

/**
 * Has every POST take an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header). Whoever carries the request
 * out keeps its answer under `request.idempotent.id`, in the transaction that it writes, and gives it again from then on.
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
    expiresAt: Math.floor(Date.now() / 1000) + REMEMBERED_SECONDS,
    onReplay: () => void reply.header('idempotent-replayed', 'true'),
  };
  done();
}

/**
 * Guests that choose the same key must not get each other's answers. Who names an item that a guest may change knows a
 * secret of it already; elsewhere what is theirs alone is their address.
 */
function callerOf({ identity, ip, params }: FastifyRequest): readonly string[] {
  if (identity) return ['user', identity.subject];
  return Object.keys(params ?? {}).length > 0 ? ['guest'] : ['guest', ip];
}

/** A body that is read as it comes is not part of it: the handler adds that. */
function fingerprintOf({ body, query, route }: FastifyRequest): string {
  const isKnown = route.schema?.body !== undefined && !(body instanceof Readable);
  return digestOf([query, ...(isKnown ? [body] : [])]);
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}
