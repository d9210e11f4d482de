import { Readable } from 'node:stream';
import type { App } from '@tandem/chassis/http/types';
import type { DomainError } from '@tandem/chassis/errors';
import { compileValidator, type Fault } from '@tandem/chassis/http/schema';
import type { Table } from '@tandem/storage/table';
import { replaceProduct } from '../domain/product.ts';
import { productKey } from '../store/kinds.ts';
import { numberedLines } from './lines.ts';
import * as schemas from './schemas.ts';

const NDJSON = 'application/x-ndjson';
const MAX_LINE_BYTES = 64 * 1024;

/** How many products are written at once: bounds the memory, whatever the length of the stream. */
const CONCURRENCY = 16;

/** How many rejected lines an answer lists: bounds it, whatever the stream holds. */
const MAX_REJECTED = 10_000;

/** `POST /products/import`: creates or replaces a product a line, in constant memory; a bad line stops no other. */
export async function registerImport(
  app: App,
  { table, now }: { table: Table; now: () => string },
): Promise<void> {
  const validate = compileValidator(schemas.importedProduct, 'body');
  const importLine = async (text: string | undefined): Promise<'created' | 'updated'> => {
    if (text === undefined) throw new Error(`longer than ${MAX_LINE_BYTES} bytes`);
    const result = validate(JSON.parse(text));
    if ('error' in result) throw new Error(faultsOf(result.error));
    const { productId, ...input } = result.value;
    const { events } = await table.update(productKey(productId), (current) =>
      replaceProduct(current, productId, input, now(), () => true),
    );
    return events.some(({ eventType }) => eventType === 'ProductCreated') ? 'created' : 'updated';
  };

  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(NDJSON, (_request, payload, done) => done(null, payload));

    scope.post(
      '/products/import',
      {
        schema: {
          summary: 'Create or replace many products: one JSON object a line',
          consumes: [NDJSON],
          response: { 200: schemas.importResult },
        },
        config: { scope: 'products:write' },
      },
      async ({ body }) => {
        const counts = { created: 0, updated: 0 };
        const rejected: { line: number; reason: string }[] = [];
        const underWay = new Set<Promise<void>>();
        for await (const { line, text } of numberedLines(
          (body ?? Readable.from([])) as Readable,
          MAX_LINE_BYTES,
        )) {
          const work = importLine(text)
            .then((outcome) => void (counts[outcome] += 1))
            .catch((error: Error) => {
              if (rejected.length < MAX_REJECTED) rejected.push({ line, reason: error.message });
            })
            .finally(() => underWay.delete(work));
          underWay.add(work);
          if (underWay.size >= CONCURRENCY) await Promise.race(underWay);
        }
        await Promise.all(underWay);
        return { ...counts, rejected: rejected.sort((a, b) => a.line - b.line) };
      },
    );
  });
}

/** The faults of a line as one sentence. */
function faultsOf({ message, details }: DomainError): string {
  const faults = (details?.['errors'] ?? []) as readonly Fault[];
  return (
    faults.map(({ pointer, detail }) => (pointer === '' ? detail : `${pointer}: ${detail}`)).join('; ') ||
    message
  );
}
