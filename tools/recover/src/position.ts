import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** File with the position of an interrupted scan. */
export interface PositionFile {
  /** Resolves to undefined without a position. */
  readonly read: () => Promise<string | undefined>;
  readonly write: (position: string) => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** Opens the file of a scan in a directory; `id` identifies the scan and its table. A scan without a file begins at the start. */
export function openPosition(directory: string, id: string): PositionFile {
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 16);
  const file = join(directory, `recover-${hash}.txt`);
  return {
    read: () => readFile(file, 'utf8').catch(() => undefined),
    async write(position) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeFile(`${file}.new`, position, { mode: 0o600 });
      await rename(`${file}.new`, file);
    },
    remove: () => rm(file, { force: true }),
  };
}
