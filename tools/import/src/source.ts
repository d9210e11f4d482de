import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { DomainError } from '@tandem/chassis/errors';
import { columns, readCatalog, type Catalog } from './catalog.ts';
import type { BadRow } from './csv.ts';
import { itemLines, parseJson } from './json.ts';

/** Import source: the products of a file as an NDJSON body. */
export interface Source {
  /** Size of the file in `unit`. */
  readonly total: number;
  readonly unit: 'products' | 'bytes';
  /** Bad rows, which are not in the body. */
  readonly bad: readonly BadRow[];
  /** Returns the body; reports the progress towards `total`. */
  body(onProgress: (done: number) => void): AsyncIterable<Uint8Array>;
  /** Maps a rejected line of the body to a row of the file. */
  reject(bodyLine: number, reason: string): BadRow;
}

/** Opens a .csv, .json or .ndjson file. Rejects with a DomainError when it cannot be read in that format. */
export async function openSource(file: string): Promise<Source> {
  switch (extname(file).toLowerCase()) {
    case '.csv':
      return csvSource(await readSalesFile(file));
    case '.json':
      return jsonSource(file, await readText(file));
    case '.ndjson':
      return await ndjsonSource(file);
    default:
      throw unreadable(`${file}: unknown format; use a .csv, .json or .ndjson file`);
  }
}

/** Reads a CSV file with the columns of the UCI "Online Retail" data set. Rejects with a DomainError where it has others. */
export async function readSalesFile(file: string): Promise<Catalog> {
  const catalog = readCatalog(await readText(file));
  if (catalog !== undefined) return catalog;
  throw unreadable(`${file}: the first line must be ${columns.join(',')}`);
}

function csvSource({ entries, bad }: Catalog): Source {
  return {
    total: entries.length,
    unit: 'products',
    bad,
    body: (onProgress) =>
      toNdjson(
        entries.map(({ product }) => product),
        onProgress,
      ),
    reject(bodyLine, reason) {
      const entry = entries[bodyLine - 1];
      return { line: entry?.line ?? 0, reason: `product ${entry?.product.productId}: ${reason}` };
    },
  };
}

function jsonSource(file: string, text: string): Source {
  const items = parseJson(file, text);
  let lines: readonly number[] | undefined;
  return {
    total: items.length,
    unit: 'products',
    bad: [],
    body: (onProgress) => toNdjson(items, onProgress),
    reject(bodyLine, reason) {
      lines ??= itemLines(text);
      return { line: lines[bodyLine - 1] ?? 0, reason: `item ${bodyLine}: ${reason}` };
    },
  };
}

/** Streams the file unchanged, so that the server's line numbers are those of the file. */
async function ndjsonSource(file: string): Promise<Source> {
  const [{ size }, start] = await guard(file, () => Promise.all([stat(file), markLength(file)]));
  return {
    total: size,
    unit: 'bytes',
    bad: [],
    async *body(onProgress) {
      let done = start;
      for await (const chunk of createReadStream(file, { start })) {
        yield chunk;
        done += chunk.length;
        onProgress(done);
      }
    },
    reject: (line, reason) => ({ line, reason }),
  };
}

async function* toNdjson(items: readonly unknown[], onProgress: (done: number) => void) {
  const batchSize = 100;
  for (let done = 0; done < items.length; done += batchSize) {
    const batch = items.slice(done, done + batchSize);
    yield Buffer.from(batch.map((item) => `${JSON.stringify(item)}\n`).join(''));
    onProgress(done + batch.length);
  }
}

/** Length of the file's byte order mark; 0 without one. */
async function markLength(file: string): Promise<number> {
  await using handle = await open(file);
  const { buffer } = await handle.read(Buffer.alloc(3), 0, 3, 0);
  return buffer.equals(Buffer.from('\uFEFF')) ? 3 : 0;
}

/** Reads a text file without its byte order mark, as Latin-1 where it is not UTF-8. */
async function readText(file: string): Promise<string> {
  const bytes = await guard(file, () => readFile(file));
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1').replace(/^\uFEFF/, '');
}

async function guard<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw unreadable(`file ${file} does not exist`, error);
    if (code === 'EISDIR') throw unreadable(`${file} is a directory, not a file`, error);
    throw unreadable(`cannot read ${file}: ${message}`, error);
  }
}

function unreadable(message: string, cause?: unknown): DomainError {
  return new DomainError('invalid', 'unreadable-file', message, { cause });
}
