import { createHash, type Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { IdempotentRequest } from '@tandem/chassis/http/idempotency';
import type { App } from '@tandem/chassis/http/types';
import { DomainError } from '@tandem/chassis/errors';
import { hasResponse, transactIdempotently } from '@tandem/storage/idempotent-transaction';
import type { Table } from '@tandem/storage/table';
import { z } from 'zod';
import type { Products, WrittenProduct } from '../application/products.ts';
import type { ImportOptions } from '../domain/import.ts';
import { createLineReader, faultsOf } from './import-line.ts';
import { createImportPace, type ImportPace } from './import-pace.ts';
import { type NumberedLine, numberedLines } from './lines.ts';
import * as parameters from './parameters.ts';
import * as schemas from './schemas.ts';

/** Timeout of an import, for the request to arrive and for its handler: longer than that of other requests. */
export const IMPORT_TIMEOUT_MS = 10 * 60 * 1000;

const NDJSON = 'application/x-ndjson';
const MAX_LINE_BYTES = 64 * 1024;

/** Largest number of products that are written concurrently. It bounds the memory, whatever the length of the stream. */
const CONCURRENCY = 16;

/** Largest size of the list of rejected lines in a response, which is stored in an item if there is an idempotency key. */
const MAX_LISTED_BYTES = 250_000;
/** Size of a list entry without its reason. */
const ENTRY_OVERHEAD_BYTES = 40;

/** Schema of the streamed body, whose lines are validated one by one. */
const ndjson = z
  .custom<Readable>((body) => body instanceof Readable, 'is missing')
  .meta({ type: 'string', description: 'A product with its id, as JSON, a line' });

/** Outcome of a line. */
type Outcome = WrittenProduct['outcome'] | { readonly reason: string };

type Counts = Record<WrittenProduct['outcome'] | 'rejected', number>;
type ImportLine = (line: NumberedLine) => Promise<Outcome>;
type ImportResult = z.infer<typeof schemas.importResult>;

/**
 * `POST /products/import`: creates a product for each line, or changes the fields that the line has, in constant memory. An
 * invalid line does not affect others. While the store throttles, the import waits and continues. Another error ends it with its
 * status; the import can be retried. Of a stock count with an idempotency key, each line is applied once even then.
 */
export async function registerImport(
  app: App,
  { table, products }: { table: Table; products: Pick<Products, 'import'> },
): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(NDJSON, (_request, payload, done) => done(null, payload));

    scope.post(
      '/products/import',
      {
        schema: {
          summary: 'Create or change many products: one JSON object per line',
          consumes: [NDJSON],
          querystring: parameters.importQuery,
          body: ndjson,
          response: { 200: schemas.importResult },
        },
        config: { scope: 'products:write', handlerTimeoutMs: IMPORT_TIMEOUT_MS, waits: true },
      },
      async ({ body, idempotent, query }, reply) => {
        const { stock } = query as z.output<typeof parameters.importQuery>;
        const closed = new AbortController();
        reply.raw.once('close', () => closed.abort());
        const pace = createImportPace({ concurrency: CONCURRENCY, signal: closed.signal });
        const importLine = createLineImport(products, pace, { isStockCount: stock === 'count' }, idempotent);
        const digest = createHash('sha256').update(idempotent?.fingerprint ?? '');
        const stream = withDigest(body as Readable, digest);
        const isRetry = await pace.run(() => hasResponse(table, idempotent));
        const counts = { created: 0, updated: 0, unchanged: 0, rejected: 0 };
        // Before its end: an import that fails, times out or is aborted has written products, too.
        if (!isRetry) reply.request.audit = { counts };
        const response = await (isRetry ? drain(stream) : importAll(stream, importLine, pace, counts));
        const request = idempotent && { ...idempotent, fingerprint: digest.digest('base64url') };
        const result = await pace.run(() =>
          transactIdempotently(table, request, [], () => ({ response, writes: [] })),
        );
        reply.request.audit = { counts: countsOf(result) };
        return result;
      },
    );
  });
}

function countsOf({ created, updated, unchanged, rejected, unlisted = 0 }: ImportResult): Counts {
  return { created, updated, unchanged, rejected: rejected.length + unlisted };
}

/** Imports the lines of a stream, several concurrently, and counts them as they are done. Rejects once none is running. */
async function importAll(
  stream: AsyncIterable<Uint8Array>,
  importLine: ImportLine,
  pace: Pick<ImportPace, 'limit'>,
  counts: Counts,
): Promise<ImportResult> {
  const rejectedLines: { line: number; reason: string }[] = [];
  let listedBytes = 0;
  const pending = new Set<Promise<void>>();
  try {
    for await (const numberedLine of numberedLines(stream, MAX_LINE_BYTES)) {
      const work = importLine(numberedLine).then((outcome) => {
        pending.delete(work);
        counts[typeof outcome === 'string' ? outcome : 'rejected'] += 1;
        if (typeof outcome === 'string') return;
        listedBytes += Buffer.byteLength(JSON.stringify(outcome.reason)) + ENTRY_OVERHEAD_BYTES;
        if (listedBytes <= MAX_LISTED_BYTES)
          rejectedLines.push({ line: numberedLine.line, reason: outcome.reason });
      });
      work.catch(() => undefined);
      pending.add(work);
      while (pending.size >= pace.limit()) await Promise.race(pending);
    }
    await Promise.all(pending);
  } finally {
    await Promise.allSettled(pending);
  }
  const { created, updated, unchanged } = counts;
  const unlisted = counts.rejected - rejectedLines.length;
  return {
    created,
    updated,
    unchanged,
    rejected: rejectedLines.sort((a, b) => a.line - b.line),
    ...(unlisted > 0 ? { unlisted } : {}),
  };
}

/** Reads the stream of a retry only for its digest: its lines are imported already. */
async function drain(stream: AsyncIterable<Uint8Array>): Promise<ImportResult> {
  for await (const _ of stream);
  return { created: 0, updated: 0, unchanged: 0, rejected: [] };
}

async function* withDigest(stream: AsyncIterable<Uint8Array>, digest: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) {
    digest.update(chunk);
    yield chunk;
  }
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}

function createLineImport(
  products: Pick<Products, 'import'>,
  pace: Pick<ImportPace, 'run'>,
  options: ImportOptions,
  idempotent: IdempotentRequest | undefined,
): ImportLine {
  const readLine = createLineReader();
  /** A repeated count would undo the sales since the first one. Other lines can be repeated, and cost no further write. */
  const requestOf = ({ line, ...content }: NumberedLine): IdempotentRequest | undefined =>
    options.isStockCount && idempotent
      ? {
          ...idempotent,
          id: digestOf([idempotent.id, line]),
          fingerprint: digestOf(content),
          onReplay: () => undefined,
        }
      : undefined;
  return async (numberedLine) => {
    const line = readLine(numberedLine);
    if ('reason' in line) return line;
    try {
      const write = () => products.import(requestOf(numberedLine), line.productId, line.fields, options);
      return (await pace.run(write)).outcome;
    } catch (error) {
      if (error instanceof DomainError && error.kind !== 'unavailable') return { reason: faultsOf(error) };
      throw error;
    }
  };
}
