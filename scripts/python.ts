import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@tandem/cli/run';

/** Checks the version of Python, and that it can create environments: Debian packages `ensurepip` separately. */
const PROBE = 'import ensurepip, sys; sys.exit(sys.version_info < (3, 10))';

/** Installed Python tools. */
export interface PythonTools {
  /** Directory of the environment, where tools may store their caches. */
  readonly folder: string;
  /** Path of a command. */
  command(name: string): string;
}

/**
 * Installs the packages of a requirements.txt into an environment below .cache, unless it is up to date. Resolves to `missing`
 * with the reason if there is no suitable Python; rejects if the installation fails.
 */
export async function installPython(
  name: string,
  requirements: string,
): Promise<PythonTools | { readonly missing: string }> {
  const folder = join(import.meta.dirname, '../.cache', name);
  const bin = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
  const tools = { folder, command: (command: string) => join(bin, command) };
  const installed = join(folder, 'requirements.txt');
  const wanted = await readFile(requirements, 'utf8');
  if ((await readFile(installed, 'utf8').catch(() => '')) === wanted) return tools;
  const python = await run('python3', ['-c', PROBE]).catch(() => undefined);
  if (python?.code !== 0) return { missing: `${name} needs python3 (3.10 or newer, with venv) on the PATH` };
  await rm(folder, { recursive: true, force: true });
  const venv = await run('python3', ['-m', 'venv', folder]);
  if (venv.code !== 0) throw new Error(`venv failed:\n${venv.output}`);
  const pip = await run(tools.command('pip'), ['install', '--quiet', '--requirement', requirements]);
  if (pip.code !== 0) throw new Error(`pip failed:\n${pip.output}`);
  await cp(requirements, installed);
  return tools;
}
