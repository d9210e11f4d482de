import { z } from 'zod';
import type { BadRow } from './csv.ts';
import type { Source } from './source.ts';
import { type ApiResponse, readResponse, rejectedResponse, unreachable } from '@tandem/cli/api-client';

/** Result of an import. `bad` has all skipped rows in the order of the file. */
export interface ImportReport {
  readonly created: number;
  readonly updated: number;
  /** Products whose row equals their stored state. */
  readonly unchanged: number;
  readonly bad: readonly BadRow[];
}

const responseBody = z.object({
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  rejected: z.array(z.object({ line: z.int(), reason: z.string() })),
});

/** Options of an import. */
export interface LoadOptions {
  /** Sets the stock on hand of existing products to `inventory`; default: their stock is unchanged. */
  readonly isStockCount?: boolean;
}

/**
 * Streams a source into the system at `url`. Rejects with a DomainError when the system is unreachable or
 * rejects the import as a whole.
 */
export async function load(
  url: string,
  source: Source,
  token: string,
  onProgress: (done: number) => void,
  { isStockCount = false }: LoadOptions = {},
): Promise<ImportReport> {
  const endpoint = `${url}/products/import${isStockCount ? '?stock=count' : ''}`;
  let isOver = false;
  const body = async function* () {
    const chunks = source.body((done) => {
      if (!isOver) onProgress(done);
    });
    for await (const chunk of chunks) {
      // fetch reads the body to its end even after the response.
      if (isOver) return;
      yield chunk;
    }
  };
  try {
    const response = await send(url, endpoint, body(), token);
    if (response.status !== 200) throw rejectedResponse(url, response);
    const parsed = responseBody.safeParse(response.body);
    if (!parsed.success) throw unreachable(url, new Error('unexpected response to POST /products/import'));
    const { created, updated, unchanged, rejected } = parsed.data;
    const bad = [...source.bad, ...rejected.map(({ line, reason }) => source.reject(line, reason))];
    return { created, updated, unchanged, bad: bad.toSorted((a, b) => a.line - b.line) };
  } finally {
    isOver = true;
  }
}

async function send(
  url: string,
  endpoint: string,
  body: AsyncIterable<Uint8Array>,
  token: string,
): Promise<ApiResponse> {
  try {
    return await post(endpoint, body, token);
  } catch (error) {
    // A server may reject a token and close the connection during the upload, so that its response is lost: an empty body
    // gets the same response.
    const retried = await post(endpoint, '', token).catch(() => undefined);
    if (retried?.status === 401 || retried?.status === 403) return retried;
    throw unreachable(url, error);
  }
}

async function post(
  endpoint: string,
  body: AsyncIterable<Uint8Array> | string,
  token: string,
): Promise<ApiResponse> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', authorization: `Bearer ${token}` },
    body,
    duplex: 'half',
    // To follow a redirect fetch would keep a copy of the body, all of it in memory.
    redirect: 'error',
  });
  return readResponse(response);
}
