import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pageDirectory } from './page.ts';

const root = join(import.meta.dirname, '../../..');
const project = join(root, 'apps/console');

/** Sources of the page in this package. */
const ownSources = ['page', 'public', 'index.html', 'vite.config.ts'].map((path) => join(project, path));
/** Sources of the page in other packages. */
const sharedSources = ['packages/contracts/src', 'tools/bill', 'package-lock.json'].map((path) =>
  join(root, path),
);

/**
 * Builds the console page if it is missing or older than its sources, in a fraction of a second. Resolves to undefined
 * once the page is up to date, or to a one-line error message.
 */
export async function buildConsole(): Promise<string | undefined> {
  try {
    const builtAt = await newest([join(pageDirectory, 'index.html')]).catch(() => 0);
    if (builtAt >= (await newest([...ownSources, ...sharedSources]))) return undefined;
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
    return `building the console page failed: ${reason}`;
  }
}

/** Replaces the page directory by a finished build, so that a concurrent start never serves a partial page. */
async function replace(draft: string): Promise<void> {
  await rm(pageDirectory, { recursive: true, force: true });
  // The directory exists again if a concurrent start has built the same page.
  await rename(draft, pageDirectory).catch(async () => rm(draft, { recursive: true, force: true }));
}

/** Latest modification time of files and directory contents, in milliseconds since the epoch. */
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
