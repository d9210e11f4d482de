import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DomainError } from '@tandem/chassis/errors';
import type { App } from '@tandem/chassis/http/types';
import { isCurrency } from '@tandem/contracts/currency';
import { load } from '@tandem/import/load';
import { preview } from '@tandem/import/preview';
import { openSource, type SourceOptions } from '@tandem/import/source';
import { z } from 'zod';
import type { ImportMessage, ImportQuery } from './protocol-import.ts';

const FILE = 'application/octet-stream';
const MAX_FILE_BYTES = 200 * 1024 * 1024;
const PROGRESS_MS = 100;

const importQuery = z.strictObject({
  name: z.string().min(1).max(255),
  dryRun: z.literal('true').optional(),
  stock: z.literal('count').optional(),
  currency: z.string().refine(isCurrency, 'must be an ISO 4217 code').optional(),
  decimal: z.enum(['point', 'comma']).optional(),
}) satisfies z.ZodType<ImportQuery>;

/** Registers the import of files: the functions of `npm run import`, with the operator's token. */
export async function registerImport(app: App, url: () => string): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(FILE, (_request, payload, done) => done(null, payload));
    scope.post(
      '/import',
      { config: { scope: 'operator' }, schema: { querystring: importQuery } },
      async ({ body, query, headers }, reply) => {
        const closed = new AbortController();
        reply.raw.once('close', () => closed.abort());
        const messages = new PassThrough();
        const send = (message: ImportMessage) => void messages.write(`${JSON.stringify(message)}\n`);
        const token = headers.authorization?.replace(/^bearer /i, '') ?? '';
        const file = (body as Readable | undefined) ?? Readable.from([]);
        void importFile(file, query as z.output<typeof importQuery>, {
          url: url(),
          token,
          signal: closed.signal,
          send,
        }).finally(() => messages.end());
        return reply.type('application/x-ndjson').send(messages);
      },
    );
  });
}

interface Target {
  readonly url: string;
  readonly token: string;
  readonly signal: AbortSignal;
  readonly send: (message: ImportMessage) => void;
}

/** Imports a file, or compares it with the catalog. Never rejects: a failure is the last message. */
async function importFile(
  file: Readable,
  { name, dryRun, stock, currency, decimal }: z.output<typeof importQuery>,
  { url, token, signal, send }: Target,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'console-import-'));
  try {
    const path = join(directory, basename(name));
    await pipeline(file, limited, createWriteStream(path), { signal });
    const source = await openSource(path, optionsFor(name, { currency, decimal: decimal && marks[decimal] }));
    const { total, unit, format } = source;
    const onProgress = throttled((done) => send({ kind: 'progress', done, total, unit }));
    const options = { isStockCount: stock === 'count', signal };
    if (dryRun) {
      const report = await preview(url, source, onProgress, options);
      send({ kind: 'preview', format, notes: source.notes().map(plain), ...withPlainReasons(report) });
    } else {
      const onWait = (reason: string) => send({ kind: 'waiting', reason });
      const report = await load(url, source, token, onProgress, { ...options, onWait });
      send({ kind: 'imported', format, notes: source.notes().map(plain), ...withPlainReasons(report) });
    }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    send({ kind: 'failed', detail: plain(text.replaceAll(`${directory}/`, '')) });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const marks = { point: '.', comma: ',' } as const;

/** Options that apply to a file: JSON names currencies and has prices in minor units. */
function optionsFor(name: string, options: SourceOptions): SourceOptions {
  return ['.json', '.ndjson', '.jsonl'].includes(extname(name).toLowerCase()) ? {} : options;
}

async function* limited(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of file) {
    bytes += chunk.length;
    if (bytes > MAX_FILE_BYTES)
      throw new DomainError(
        'invalid',
        'file-too-large',
        'The file is larger than 200 MB. Import it with npm run import, which has no limit.',
      );
    yield chunk;
  }
}

function throttled(report: (done: number) => void): (done: number) => void {
  let last = 0;
  return (done) => {
    if (performance.now() - last < PROGRESS_MS) return;
    last = performance.now();
    report(done);
  };
}

function withPlainReasons<
  R extends { readonly bad: readonly { readonly line: number; readonly reason: string }[] },
>(report: R): R {
  return { ...report, bad: report.bad.map(({ line, reason }) => ({ line, reason: plain(reason) })) };
}

/** Texts of the command line whose advice names its options, and what the page offers instead. */
const advice: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/use --currency(, e\.g\. --currency EUR)?/, 'choose the currency of its prices'],
  [/use --decimal point or --decimal comma/, 'choose the decimal mark'],
  [/ \(--inventory sets another\)/, ''],
  [/name those of the fields (.*), e\.g\. --map.*/, 'rename them to $1'],
  [
    /continue with --skip (\d+)/,
    'import the file again to continue; products that are imported stay unchanged',
  ],
];

/** A text of the import for a reader of the page. */
export function plain(text: string): string {
  return advice.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
