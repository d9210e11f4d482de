import type { JsonSchema } from './json-schema.ts';

/** JSON schemas of the headers of a response, each with its description. */
export type HeaderSchemas = Readonly<Record<string, JsonSchema>>;

const etag: HeaderSchemas = {
  ETag: {
    description:
      'Entity tag of the content, different in each content coding; If-Match and If-None-Match take any of them',
    type: 'string',
  },
};
const location: HeaderSchemas = { Location: { description: 'Path of what was created', type: 'string' } };
const retryAfter: HeaderSchemas = {
  'Retry-After': { description: 'Seconds to wait before a retry', type: 'integer', minimum: 1 },
};

/** What determines the headers of a route's responses. */
export interface DescribedRoute {
  readonly method: string;
  /** Whether it takes If-Match or If-None-Match. */
  readonly isConditional: boolean;
  readonly cacheControl: string;
}

/** Headers of a response that is no problem. */
export function responseHeaders(
  status: string,
  { method, isConditional, cacheControl }: DescribedRoute,
): HeaderSchemas {
  const isCreation = method === 'POST' && status === '201';
  return {
    'Cache-Control': { description: 'Who may keep the response', type: 'string', const: cacheControl },
    ...((isConditional && status !== '204') || isCreation ? etag : {}),
    ...(isCreation ? location : {}),
  };
}

/** Headers of a problem; none may be kept (`no-store`). */
export function problemHeaders(status: string): { readonly headers?: HeaderSchemas } {
  return status === '429' || status === '503' ? { headers: retryAfter } : {};
}
