import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@tandem/cli/run';

/** Whether Python is new enough and can make environments: Debian packs `ensurepip` apart. */
const PROBE = 'import ensurepip, sys; sys.exit(sys.version_info < (3, 10))';

/** Tools of Python, installed. */
export interface PythonTools {
  /** The folder of the environment, which may keep what the tools remember. */
  readonly folder: string;
  /** The path of one of the commands. */
  command(name: string): string;
}

/**
 * Installs what a requirements.txt pins into an environment of its own below .cache, unless that was done. Resolves to
 * why it cannot be where there is no Python for it; rejects when the installation fails.
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
  if (python?.code !== 0) return { missing: `${name} needs python3, 3.10 or newer, with venv on the PATH` };
  await rm(folder, { recursive: true, force: true });
  const venv = await run('python3', ['-m', 'venv', folder]);
  if (venv.code !== 0) throw new Error(`venv failed:\n${venv.output}`);
  const pip = await run(tools.command('pip'), ['install', '--quiet', '--requirement', requirements]);
  if (pip.code !== 0) throw new Error(`pip failed:\n${pip.output}`);
  await cp(requirements, installed);
  return tools;
}
