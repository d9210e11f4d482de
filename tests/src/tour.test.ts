import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { until } from './support/until.ts';
import { withSystem } from './support/system.ts';

const root = new URL('../../', import.meta.url);
const run = promisify(execFile);

/** A command of the tour, and what the README says its answer holds. */
interface Step {
  readonly command: string;
  readonly expected: string | undefined;
}

async function steps(): Promise<Step[]> {
  const readme = await readFile(new URL('README.md', root), 'utf8');
  const lines = [...readme.matchAll(/```sh tour\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
    block.trim().split('\n'),
  );
  return lines.flatMap((command, position) => {
    if (command.startsWith('#')) return [];
    const next = lines[position + 1];
    return [{ command, expected: next?.startsWith('# ') ? next.slice(2) : undefined }];
  });
}

function missingTool(): string | false {
  try {
    execFileSync('bash', ['-c', 'curl --version && sed --version']);
    return false;
  } catch {
    return 'the tour needs bash, curl and sed';
  }
}

test(
  "every command of the README's tour has the result that the README shows",
  { skip: missingTool() },
  async (t) => {
    const tour = await steps();
    assert.ok(tour.filter(({ expected }) => expected !== undefined).length >= 6, 'the tour has been found');

    await withSystem(async ({ urls }) => {
      const variables: Record<string, string> = {};
      for (const { command, expected } of tour) {
        await t.test(command, async () => {
          const local = command.replaceAll('localhost:8080', urls.gateway.replace('http://', ''));
          const assigned = /^(\w+)=/.exec(command)?.[1];
          const script = assigned === undefined ? local : `${local}; echo "$${assigned}"`;
          const once = async () =>
            (
              await run('bash', ['-c', script], { cwd: root, env: { ...process.env, ...variables } })
            ).stdout.trim();
          // A reader's next command comes seconds later; events have arrived by then.
          const output = await until(once, (output) => expected === undefined || output.includes(expected));
          if (assigned !== undefined) variables[assigned] = output;
        });
      }
    });
  },
);
