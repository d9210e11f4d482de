/**
 * Lints the GitHub workflows: actionlint for errors, zizmor for security. Skips a tool with a message if Go or Python is
 * missing.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installPython } from './python.ts';
import { outputOf, run } from '@tandem/cli/run';

const ROOT = join(import.meta.dirname, '..');
const ACTIONLINT = 'v1.7.12';

/** Builds actionlint with Go below .cache, unless it exists. Resolves to its path, or prints that it is skipped. */
async function installActionlint(): Promise<string | undefined> {
  const folder = join(ROOT, '.cache/actionlint', ACTIONLINT);
  const command = join(folder, process.platform === 'win32' ? 'actionlint.exe' : 'actionlint');
  if (existsSync(command)) return command;
  const go = await run('go', ['version']).catch(() => undefined);
  if (go?.code !== 0) {
    console.log('skipped: actionlint needs go on the PATH');
    return undefined;
  }
  const module = `github.com/rhysd/actionlint/cmd/actionlint@${ACTIONLINT}`;
  await outputOf('go', ['install', module], { env: { GOBIN: folder } });
  return command;
}

async function lint(command: string, args: readonly string[]): Promise<void> {
  const { code } = await run(command, args, { cwd: ROOT, isShown: true });
  if (code !== 0) process.exitCode = code ?? 1;
}

const actionlint = await installActionlint();
if (actionlint !== undefined) await lint(actionlint, ['-color']);

const python = await installPython('zizmor', join(import.meta.dirname, 'workflows/requirements.txt'));
// Offline, without a GitHub token: advisories against actions are not checked.
if (python) await lint(python.command('zizmor'), ['--offline', '--no-progress', '.github']);
