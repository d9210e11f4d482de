import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

/** Directories, relative to the root, whose packages `npm ci` does not install: each has a lock file of its own. */
export const INFRA = 'infra';
export const SIMULATOR = 'infra/src/testing/privileges';
export const SBOM = 'scripts/sbom';

/** Whether the packages of such a directory are installed, in the versions that its package.json pins. */
export function areInstalled(directory: string): boolean {
  const read = (file: string) => readFileSync(join(root, directory, file), 'utf8');
  try {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(read('package.json')) as Manifest;
    return Object.entries({ ...dependencies, ...devDependencies }).every(([name, version]) => {
      const installed = JSON.parse(read(`node_modules/${name}/package.json`)) as { readonly version: string };
      return installed.version === version;
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Installs the packages of such a directory unless they are, and says so on stderr. Throws if npm fails. */
export function install(directory: string): void {
  if (areInstalled(directory)) return;
  process.stderr.write(`Installing the packages of ${directory}: npm ci --prefix ${directory}\n`);
  const { status } = spawnSync('npm', ['ci', '--prefix', directory, '--loglevel=error'], {
    cwd: root,
    // The output of the command belongs to its caller.
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`npm ci --prefix ${directory} failed`);
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}
