import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pageDirectory } from './page.ts';

const root = join(import.meta.dirname, '../../..');
const project = join(root, 'apps/console');

/** What the page is made of. */
const inputs = ['page', 'public', 'index.html', 'vite.config.ts'].map((path) => join(project, path));
/** What it is made of that lies elsewhere. */
const others = ['packages/contracts/src', 'tools/bill', 'package-lock.json'].map((path) => join(root, path));

/**
 * Builds the console's page where it is missing or older than its sources, which takes a fraction of a second. Resolves
 * to why it could not, in a line; undefined once there is a page of these sources.
 */
export async function buildConsole(): Promise<string | undefined> {
  try {
    const builtAt = await newest([join(pageDirectory, 'index.html')]).catch(() => 0);
    if (builtAt >= (await newest([...inputs, ...others]))) return undefined;
    const { build } = await import('vite');
    const draft = join(project, '.cache', String(process.pid));
    await build({
      configFile: join(project, 'vite.config.ts'),
      logLevel: 'silent',
      build: { outDir: draft, emptyOutDir: true },
    });
    await replace(draft);
    return undefined;
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n');
    return `the console's page was not built: ${reason}`;
  }
}

/** A finished page takes the place of the old one: a system that starts meanwhile finds all of either. */
async function replace(draft: string): Promise<void> {
  await rm(pageDirectory, { recursive: true, force: true });
  // Where it is back already, another start has just built the same.
  await rename(draft, pageDirectory).catch(async () => rm(draft, { recursive: true, force: true }));
}

/** When the newest of these files, or of those in these folders, was changed; milliseconds since the epoch. */
async function newest(paths: readonly string[]): Promise<number> {
  const times = await Promise.all(
    paths.map(async (path) => {
      const info = await stat(path);
      if (!info.isDirectory()) return info.mtimeMs;
      const names = await readdir(path);
      return newest(names.map((name) => join(path, name)));
    }),
  );
  return Math.max(0, ...times);
}
