import { createHash, type Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { App } from '@tandem/chassis/http/types';
import { DomainError } from '@tandem/chassis/errors';
import { compileValidator, type Fault } from '@tandem/chassis/http/schema';
import { hasResponse, transactIdempotently } from '@tandem/storage/idempotent-transaction';
import type { Table } from '@tandem/storage/table';
import { z } from 'zod';
import type { Products, WrittenProduct } from '../application/products.ts';
import type { ImportOptions } from '../domain/import.ts';
import { type NumberedLine, numberedLines } from './lines.ts';
import * as schemas from './schemas.ts';

/** Timeout of an import, for the request to arrive and for its handler: longer than that of other requests. */
export const IMPORT_TIMEOUT_MS = 10 * 60 * 1000;

const NDJSON = 'application/x-ndjson';
const MAX_LINE_BYTES = 64 * 1024;

/** Products that are written concurrently. It bounds the memory, whatever the length of the stream. */
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

type ImportLine = (line: NumberedLine) => Promise<Outcome>;
type ImportResult = z.infer<typeof schemas.importResult>;

/**
 * `POST /products/import`: creates a product for each line, or changes the fields that the line has, in constant memory. An
 * invalid line does not affect others. An internal error ends the import with its status; the import can be retried.
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
          querystring: schemas.importQuery,
          body: ndjson,
          response: { 200: schemas.importResult },
        },
        config: { scope: 'products:write', handlerTimeoutMs: IMPORT_TIMEOUT_MS },
      },
      async ({ body, idempotent, query }) => {
        const { stock } = query as z.output<typeof schemas.importQuery>;
        const importLine = createLineImport(products, { isStockCount: stock === 'count' });
        const digest = createHash('sha256').update(idempotent?.fingerprint ?? '');
        const stream = withDigest(body as Readable, digest);
        const isRetry = await hasResponse(table, idempotent);
        const response = await (isRetry ? drain(stream) : importAll(stream, importLine));
        const request = idempotent && { ...idempotent, fingerprint: digest.digest('base64url') };
        return transactIdempotently(table, request, [], () => ({ response, writes: [] }));
      },
    );
  });
}

/** Imports the lines of a stream, several concurrently. */
async function importAll(stream: AsyncIterable<Uint8Array>, importLine: ImportLine): Promise<ImportResult> {
  const counts = { created: 0, updated: 0, unchanged: 0, rejected: 0 };
  const rejectedLines: { line: number; reason: string }[] = [];
  let listedBytes = 0;
  const pending = new Set<Promise<void>>();
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
    if (pending.size >= CONCURRENCY) await Promise.race(pending);
  }
  await Promise.all(pending);
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

function createLineImport(products: Pick<Products, 'import'>, options: ImportOptions): ImportLine {
  const validate = compileValidator(schemas.importedProduct, 'body');
  return async (numberedLine) => {
    if ('fault' in numberedLine) return { reason: numberedLine.fault };
    const parsed = parse(numberedLine.text);
    if ('reason' in parsed) return parsed;
    const result = validate(parsed.value);
    if ('error' in result) return { reason: faultsOf(result.error) };
    const { productId, onHand, held, version, createdAt, updatedAt, ...fields } = result.value;
    try {
      return (await products.import(productId, fields, options)).outcome;
    } catch (error) {
      if (error instanceof DomainError && error.kind !== 'unavailable') return { reason: faultsOf(error) };
      throw error;
    }
  };
}

function parse(text: string): { readonly value: unknown } | { readonly reason: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { reason: `not valid JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The faults of a line in one text. */
function faultsOf({ message, details }: DomainError): string {
  const faults = (details?.['errors'] ?? []) as readonly Fault[];
  return (
    faults.map(({ pointer, detail }) => (pointer === '' ? detail : `${pointer}: ${detail}`)).join('; ') ||
    message
  );
}
