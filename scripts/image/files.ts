import { chmod, readdir, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Takes the right to write from everybody, as a read-only file system does; `false` gives it back to the owner. */
export async function makeReadOnly(folder: string, readOnly = true): Promise<void> {
  await chmod(folder, readOnly ? 0o555 : 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await makeReadOnly(path, readOnly);
    else await chmod(path, readOnly ? 0o444 : 0o644);
  }
}

/** The size of every file below a folder, in bytes. */
export async function sizesOf(folder: string): Promise<Map<string, number>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(files.map(async (file) => [relative(folder, file), (await stat(file)).size] as const)),
  );
}

/** Removes what was made read-only. */
export async function removeFolder(folder: string): Promise<void> {
  await makeReadOnly(folder, false);
  await rm(folder, { recursive: true });
}
