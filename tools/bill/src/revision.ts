import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { INFRA, install } from '@tandem/cdk/packages';
import { DomainError } from '@tandem/chassis/errors';
import type { SettingsInput } from '../../../infra/src/settings.ts';
import type { Templates } from '../../../infra/src/testing/synth.ts';
import type { Measured } from './measured.ts';

const root = join(import.meta.dirname, '../../..');
const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Templates of a revision, and its measured consumption; undefined if it was not measured. */
export interface Revision {
  readonly templates: Templates;
  readonly measured: Measured | undefined;
}

/**
 * Checks out a revision into a worktree and synthesizes it from its own sources, with the packages installed here. Rejects
 * with a DomainError if git does not know the revision, or it cannot be synthesized.
 */
export async function readRevision(revision: string, settings: Partial<SettingsInput>): Promise<Revision> {
  install(INFRA);
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bill-'));
  const tree = join(folder, 'tree');
  try {
    await run('git', ['worktree', 'add', '--detach', tree, revision], { cwd: root }).catch(
      (cause: unknown) => {
        throw new DomainError(
          'notFound',
          'no-such-revision',
          `Git cannot check out ${revision}. Use a commit, branch or tag.`,
          { cause },
        );
      },
    );
    await linkPackages(tree);
    const script = `
      import { synthesize } from './src/testing/synth.ts';
      process.stdout.write(JSON.stringify(synthesize(JSON.parse(process.argv[1]))));`;
    const { stdout } = await run(
      process.execPath,
      ['--input-type=module', '--eval', script, JSON.stringify(settings)],
      { cwd: join(tree, INFRA), maxBuffer: MAX_OUTPUT_BYTES },
    ).catch((cause: unknown) => {
      const { stderr = '' } = cause as { stderr?: string };
      const [reason = 'no reason given'] = /^\w*Error: .*$/m.exec(stderr) ?? [];
      const message = `${revision} cannot be synthesized with the packages installed here: ${reason}`;
      throw new DomainError('invalid', 'not-synthesized', message, { cause });
    });
    // Older revisions have `bill` instead of `tools/bill`.
    const files = ['tools/bill/measured.json', 'bill/measured.json'].map((path) => join(tree, path));
    const file = files.find((path) => existsSync(path));
    const measured = file === undefined ? undefined : (JSON.parse(await readFile(file, 'utf8')) as Measured);
    return { templates: JSON.parse(stdout) as Templates, measured };
  } finally {
    await run('git', ['worktree', 'remove', '--force', tree], { cwd: root }).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Links the packages installed here into a tree, and its own workspaces instead of ours. */
async function linkPackages(tree: string): Promise<void> {
  const [from, to] = [join(root, 'node_modules'), join(tree, 'node_modules')];
  await mkdir(join(to, '@tandem'), { recursive: true });
  for (const name of await readdir(from)) {
    if (name !== '@tandem') await symlink(join(from, name), join(to, name));
  }
  await symlink(join(root, INFRA, 'node_modules'), join(tree, INFRA, 'node_modules'));
  const parents = ['packages', 'services', 'apps', 'tools', '.'].filter((path) =>
    existsSync(join(tree, path)),
  );
  for (const parent of parents) {
    for (const name of await readdir(join(tree, parent))) {
      const folder = join(tree, parent, name);
      if (!existsSync(join(folder, 'package.json'))) continue;
      await symlink(folder, join(to, '@tandem', name)).catch(() => undefined);
    }
  }
}
