import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { until } from './support/until.ts';
import { withSystem } from './support/system.ts';

const root = new URL('../../', import.meta.url);
const run = promisify(execFile);

/** Command of the README's tour, with a part of its output that the README shows. */
interface Step {
  readonly command: string;
  readonly expected: string | undefined;
}

async function readSteps(): Promise<Step[]> {
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
  "every command of the README's tour has the output that the README shows",
  { skip: missingTool() },
  async (t) => {
    const tour = await readSteps();
    assert.ok(tour.filter(({ expected }) => expected !== undefined).length >= 6, 'the tour was not found');

    await withSystem(async ({ urls }) => {
      const variables: Record<string, string> = {};
      for (const { command, expected } of tour) {
        await t.test(command, async () => {
          const local = command.replaceAll('localhost:8080', urls.gateway.replace('http://', ''));
          const assigned = /^(\w+)=/.exec(command)?.[1];
          const script = assigned === undefined ? local : `${local}; echo "$${assigned}"`;
          const runScript = async () =>
            (
              await run('bash', ['-c', script], { cwd: root, env: { ...process.env, ...variables } })
            ).stdout.trim();
          // A reader enters the next command seconds later, when events have arrived.
          const output = await until(
            runScript,
            (output) => expected === undefined || output.includes(expected),
          );
          if (assigned !== undefined) variables[assigned] = output;
        });
      }
    });
  },
);
