import { z } from 'zod';
import type { BadRow } from './csv.ts';
import type { Source } from './source.ts';
import { parseOrNull, refusal, unreachable } from '@tandem/cli/target';

/** What came of an import. `bad` are all rows that were skipped, in the order of the file. */
export interface ImportReport {
  readonly created: number;
  readonly updated: number;
  /** Products of whose row nothing differs from what is stored. */
  readonly unchanged: number;
  readonly bad: readonly BadRow[];
}

const answer = z.object({
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  rejected: z.array(z.object({ line: z.int(), reason: z.string() })),
});

/** How to import. */
export interface LoadOptions {
  /** Whether `inventory` is a count of the stock on hand, also of products that exist; otherwise their stock stays. */
  readonly isStockCount?: boolean;
}

/**
 * Streams a source into the system at `url`. Rejects with a DomainError when nothing answers there or the import as a
 * whole is refused.
 */
export async function load(
  url: string,
  source: Source,
  token: string,
  onProgress: (done: number) => void,
  { isStockCount = false }: LoadOptions = {},
): Promise<ImportReport> {
  const endpoint = `${url}/products/import${isStockCount ? '?stock=count' : ''}`;
  let over = false;
  const body = async function* () {
    const chunks = source.body((done) => {
      if (!over) onProgress(done);
    });
    for await (const chunk of chunks) {
      // fetch reads on to the end although nobody listens any more.
      if (over) return;
      yield chunk;
    }
  };
  try {
    const response = await send(url, endpoint, body(), token);
    if (response.status !== 200) throw await refusal(url, response);
    const parsed = answer.safeParse(parseOrNull(await response.text()));
    if (!parsed.success)
      throw unreachable(url, new Error('it answers, but not as POST /products/import does'));
    const { created, updated, unchanged, rejected } = parsed.data;
    const bad = [...source.bad, ...rejected.map(({ line, reason }) => source.reject(line, reason))];
    return { created, updated, unchanged, bad: bad.toSorted((a, b) => a.line - b.line) };
  } finally {
    over = true;
  }
}

async function send(
  url: string,
  endpoint: string,
  body: AsyncIterable<Uint8Array>,
  token: string,
): Promise<Response> {
  try {
    return await post(endpoint, body, token);
  } catch (error) {
    // Who refuses a token may hang up before all is sent, and the answer is lost: nothing, sent again, brings it back.
    const answer = await post(endpoint, '', token).catch(() => undefined);
    if (answer?.status === 401 || answer?.status === 403) return answer;
    throw unreachable(url, error);
  }
}

function post(endpoint: string, body: AsyncIterable<Uint8Array> | string, token: string): Promise<Response> {
  return fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', authorization: `Bearer ${token}` },
    body,
    duplex: 'half',
    // To follow a redirect fetch would keep a copy of the body, all of it in memory.
    redirect: 'error',
  });
}
