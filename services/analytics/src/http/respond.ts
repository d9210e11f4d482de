import { createHash } from 'node:crypto';
import type { parsePreconditions } from '@tandem/chassis/http/preconditions';
import { addVary } from '@tandem/chassis/http/response-headers';
import type { FastifyReply } from 'fastify';
import Negotiator from 'negotiator';

const JSON_TYPE = 'application/json';
/** Media type of the responses to clients that prefer it. */
export const CSV_TYPE = 'text/csv';

type Headers = Parameters<typeof parsePreconditions>[0] & { readonly accept?: string | undefined };

/** Whether the client prefers CSV to JSON (RFC 9110, section 12.5.1). */
export function prefersCsv(headers: Headers): boolean {
  return new Negotiator({ headers: { ...headers } }).mediaType([JSON_TYPE, CSV_TYPE]) === CSV_TYPE;
}

/**
 * Responds with figures in the format that the client prefers, and their ETag, by which the chassis responds with 304. The
 * ETag covers the text, so that those of two formats differ.
 */
export function respond<T extends object>(
  headers: Headers,
  reply: FastifyReply,
  figures: T,
  csvOf: (figures: T) => string,
) {
  const isCsv = prefersCsv(headers);
  const text = isCsv ? csvOf(figures) : JSON.stringify(figures);
  const tag = `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"`;
  reply.header('etag', tag);
  addVary(reply, 'accept');
  reply.header('content-type', `${isCsv ? CSV_TYPE : JSON_TYPE}; charset=utf-8`).serializer(() => text);
  return figures;
}
