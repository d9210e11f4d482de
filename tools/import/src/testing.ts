import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import type { BadRow } from './file/csv.ts';
import { openSource, type SourceOptions } from './source.ts';

/** Products of a file, and everything that an import says about it. */
export interface ReadFile {
  readonly format: string;
  readonly products: readonly unknown[];
  readonly bad: readonly BadRow[];
  readonly notes: readonly string[];
}

/** Reads a file as an import does. */
export async function read(file: string, options: SourceOptions = {}): Promise<ReadFile> {
  const source = await openSource(file, options);
  let body = '';
  for await (const chunk of source.body(() => undefined)) body += Buffer.from(chunk).toString();
  const products = body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
  return { format: source.format, products, bad: source.bad, notes: source.notes() };
}

/** Reads a file with this content. */
export async function readContent(
  name: string,
  content: string | Uint8Array,
  options: SourceOptions = {},
): Promise<ReadFile> {
  const directory = await mkdtemp(join(tmpdir(), 'import-'));
  try {
    const file = join(directory, name);
    await writeFile(file, content);
    return await read(file, options);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Directory of a test file, with a function that writes a file into it and returns its path; removed after the tests. */
export function temporaryFiles() {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'import-'));
  });
  after(() => rm(folder, { recursive: true }));
  return {
    folder: () => folder,
    file: async (name: string, content: string | Uint8Array): Promise<string> => {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    },
  };
}
