import { execFile, execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { until } from './until.ts';

const root = new URL('../../../', import.meta.url);
const run = promisify(execFile);

/** Command of the README's tour, with a part of its output that the README shows. */
export interface TourStep {
  readonly command: string;
  readonly expected: string | undefined;
}

/** Reads the tour from the README. */
export async function readTour(): Promise<readonly TourStep[]> {
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

/** The reason why the tour cannot run here, or false. */
export function missingTool(): string | false {
  try {
    execFileSync('bash', ['-c', 'curl --version && sed --version']);
    return false;
  } catch {
    return 'the tour needs bash, curl and sed';
  }
}

/** Runs each command as a subtest, against the system at `host` (default in the README: `localhost:8080`) and with additional variables. */
export async function runTour(
  t: TestContext,
  tour: readonly TourStep[],
  { host, env = {}, deadlineMs }: TourOptions,
): Promise<void> {
  const variables: Record<string, string> = {};
  for (const { command, expected } of tour) {
    await t.test(command, async () => {
      const there = command.replaceAll('localhost:8080', host);
      const assigned = /^(\w+)=/.exec(command)?.[1];
      const script = assigned === undefined ? there : `${there}; echo "$${assigned}"`;
      const runScript = async () =>
        (
          await run('bash', ['-c', script], { cwd: root, env: { ...process.env, ...env, ...variables } })
        ).stdout.trim();
      // A reader enters the next command seconds later, when events have arrived.
      const output = await until(
        runScript,
        (output) => expected === undefined || output.includes(expected),
        deadlineMs === undefined ? {} : { deadlineMs },
      );
      if (assigned !== undefined) variables[assigned] = output;
    });
  }
}

export interface TourOptions {
  readonly host: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Time for each effect to show; default: that of `until`. */
  readonly deadlineMs?: number;
}
