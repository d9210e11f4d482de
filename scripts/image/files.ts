import { chmod, readdir, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Makes a directory tree read-only for all users; `false` makes it writable for the owner. */
export async function makeReadOnly(folder: string, readOnly = true): Promise<void> {
  await chmod(folder, readOnly ? 0o555 : 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await makeReadOnly(path, readOnly);
    else await chmod(path, readOnly ? 0o444 : 0o644);
  }
}

/** Sizes of all files below a directory, in bytes. */
export async function sizesOf(folder: string): Promise<Map<string, number>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(files.map(async (file) => [relative(folder, file), (await stat(file)).size] as const)),
  );
}

/** Removes a read-only directory. */
export async function removeFolder(folder: string): Promise<void> {
  await makeReadOnly(folder, false);
  await rm(folder, { recursive: true });
}
