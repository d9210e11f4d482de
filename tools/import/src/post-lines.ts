import { type ApiResponse, readResponse } from '@tandem/cli/api-client';
import { z } from 'zod';

/** Sends lines; rejects without a response within the time. A repeat with the same key has no further effect. */
export type PostLines = (
  body: Uint8Array<ArrayBuffer>,
  options: { readonly timeoutMs: number; readonly key?: string },
) => Promise<ApiResponse>;

/** Body of a successful response: what became of the lines. */
export const importResponse = z.object({
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  rejected: z.array(z.object({ line: z.int(), reason: z.string() })),
  unlisted: z.int().default(0),
});

/** Creates the requests of one import into the system at `url`. */
export function createPostLines(url: string, token: string, isStockCount: boolean): PostLines {
  const address = `${url}/products/import${isStockCount ? '?stock=count' : ''}`;
  return async (body, { timeoutMs, key }) => {
    const response = await fetch(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-ndjson',
        authorization: `Bearer ${token}`,
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(Math.ceil(Math.max(1, timeoutMs))),
    });
    return readResponse(response);
  };
}
