import { execFile } from 'node:child_process';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify, stripVTControlCharacters } from 'node:util';
import { pageDirectory } from './page.ts';

const root = join(import.meta.dirname, '../../..');
const project = join(root, 'apps/console');

/** Sources of the page in this package. */
const ownSources = ['page', 'public', 'index.html', 'vite.config.ts'].map((path) => join(project, path));
/** Sources of the page in other packages. */
const sharedSources = [
  'packages/contracts/src',
  'services/product/src/search',
  'tools/bill',
  'package-lock.json',
].map((path) => join(root, path));

/**
 * Builds the console page if it is missing or older than its sources, in a second. Resolves to undefined once the page is up
 * to date, or to a one-line error message. The build is a process of its own: it would leave 100 MB of memory behind.
 */
export async function buildConsole(): Promise<string | undefined> {
  try {
    const builtAt = await newest([join(pageDirectory, 'index.html')]).catch(() => 0);
    if (builtAt >= (await newest([...ownSources, ...sharedSources]))) return undefined;
    const draft = join(project, '.cache', String(process.pid));
    const vite = fileURLToPath(new URL('bin/vite.js', import.meta.resolve('vite/package.json')));
    const options = ['--outDir', draft, '--emptyOutDir', '--logLevel', 'error'];
    await promisify(execFile)(process.execPath, [vite, 'build', ...options], { cwd: project });
    await replace(draft);
    return undefined;
  } catch (error) {
    const { stderr = '', message } = error as Error & { readonly stderr?: string };
    // Vite prints several lines; the one with the code of the error has the reason.
    const lines = stripVTControlCharacters(stderr || message).split('\n');
    const reason = lines.find((line) => /^\[[A-Z_]+\]/.test(line)) ?? lines[0];
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
