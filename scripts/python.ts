import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { outputOf, run } from '@tandem/cli/run';

/** Checks the version of Python, and that it can create environments: Debian packages `ensurepip` separately. */
const PROBE = 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))';

/** Installed Python tools. */
export interface PythonTools {
  /** Directory of the environment, where tools may store their caches. */
  readonly folder: string;
  /** Path of a command. */
  command(name: string): string;
}

/**
 * Installs the packages of a requirements.txt, by their hashes, into an environment below .cache, unless it is up to date. Prints that it is
 * skipped, and resolves to undefined, if there is no suitable Python; rejects if the installation fails.
 */
export async function installPython(name: string, requirements: string): Promise<PythonTools | undefined> {
  const folder = join(import.meta.dirname, '../.cache', name);
  const bin = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
  const tools = { folder, command: (command: string) => join(bin, command) };
  const installed = join(folder, 'requirements.txt');
  const wanted = await readFile(requirements, 'utf8');
  if ((await readFile(installed, 'utf8').catch(() => '')) === wanted) return tools;
  const python = await run('python3', ['-c', PROBE]).catch(() => undefined);
  if (python?.code !== 0) {
    console.log(`skipped: ${name} needs python3 (3.11 or newer, with venv) on the PATH`);
    return undefined;
  }
  await rm(folder, { recursive: true, force: true });
  await outputOf('python3', ['-m', 'venv', folder]);
  await outputOf(tools.command('pip'), [
    'install',
    '--quiet',
    '--require-hashes',
    '--requirement',
    requirements,
  ]);
  await cp(requirements, installed);
  return tools;
}
