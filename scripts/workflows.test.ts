import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
const workflows = globSync('.github/workflows/*.yml', { cwd: root });
const actions = globSync('.github/actions/*/action.yml', { cwd: root });
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** A third-party action pinned to a commit, with its version as a comment; or an action of this repository. */
const PINNED = /^(?:[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\.\/[\w./-]+)$/;

/** Security problems in the steps of a workflow or an action. */
function problemsInSteps(text: string): string[] {
  const lines = text.split('\n');
  const problems: string[] = [];
  let runIndent = -1;
  for (const [index, line] of lines.entries()) {
    const indent = line.search(/\S/);
    if (indent === -1) continue;
    if (indent <= runIndent) runIndent = -1;
    const [, uses] = /^[\s-]*uses: (.*)$/.exec(line) ?? [];
    if (uses !== undefined && !PINNED.test(uses)) problems.push(`not pinned: ${uses}`);
    if (uses?.startsWith('actions/checkout@') && !isWithoutCredentials(lines.slice(index + 1, index + 4)))
      problems.push('a checkout that persists its token for later steps');
    const key = /^[\s-]*run:/.exec(line)?.[0];
    if (key !== undefined) runIndent = key.length - 'run:'.length;
    if (runIndent >= 0 && line.includes('${{')) problems.push(`expression in a script: ${line.trim()}`);
  }
  return problems;
}

function isWithoutCredentials(following: readonly string[]): boolean {
  return following.some((line) => line.trim() === 'persist-credentials: false');
}

/** Missing limits of the permissions and duration of jobs. */
function problemsInJobs(text: string): string[] {
  const [, jobs = ''] = text.split(/^jobs:\n/m);
  const jobTexts = jobs.split(/^ {2}(?=[\w-]+:$)/m).slice(1);
  const missing = jobTexts.flatMap((job) => {
    const name = job.slice(0, job.indexOf(':'));
    const has = (key: string) => new RegExp(`^ {4}${key}:`, 'm').test(job);
    return [
      ...(has('permissions') ? [] : [`${name}: no permissions`]),
      // A job that calls another workflow has the timeouts of that one's jobs.
      ...(has('timeout-minutes') || has('uses') ? [] : [`${name}: no timeout-minutes`]),
    ];
  });
  return [
    ...(jobTexts.length > 0 ? [] : ['no jobs']),
    ...(/^permissions: \{\}$/m.test(text) ? [] : ['default permissions are not empty']),
    ...(/^concurrency:$/m.test(text) || /^ {4}concurrency:$/m.test(text) ? [] : ['no concurrency']),
    ...missing,
  ];
}

test('there are workflows and actions', () => {
  assert.ok(workflows.length >= 4 && actions.length >= 1);
});

for (const file of workflows) {
  test(`${file}: actions are pinned, and jobs have minimal permissions and a timeout`, () => {
    assert.deepEqual([...problemsInSteps(read(file)), ...problemsInJobs(read(file))], []);
  });
}

for (const file of actions) {
  test(`${file}: actions are pinned`, () => assert.deepEqual(problemsInSteps(read(file)), []));
}

test('an action is pinned to the same commit everywhere', () => {
  const all = [...workflows, ...actions].flatMap((file) => [
    ...read(file).matchAll(/uses: ([^.\s]\S*)@(.*)/g),
  ]);
  const commits = Map.groupBy(all, ([, name = '']) => name);
  for (const [name, uses] of commits) assert.equal(new Set(uses.map(([, , at]) => at)).size, 1, name);
});

test('GitHub runs every check of .ci/run', () => {
  const commands = (text: string) =>
    [...text.matchAll(/^(?: *- run: )?(npm test|npm ci --prefix \w+|npm run (?:-s )?[\w:-]+)$/gm)].map(
      ([, command = '']) => command.replace(' -s', ''),
    );
  const here = commands(read('.ci/run'));
  assert.ok(here.length >= 9);
  const there = new Set(commands(read('.github/workflows/check.yml')));
  assert.deepEqual(
    here.filter((command) => !there.has(command)),
    [],
  );
});

test('npm installs by the lock files alone, and nothing lets install scripts run (security 7)', () => {
  for (const file of [...workflows, ...actions]) {
    assert.doesNotMatch(
      read(file),
      /npm (?:i|install|exec|update|rebuild)\b|ignore-scripts|allow-scripts|foreground-scripts/,
      file,
    );
  }
});

test('Dependabot covers every directory with pinned dependencies of its own', () => {
  const known = new Set(read('.github/dependabot.yml').match(/(?<=[ [])\/[\w/-]+/g));
  const pins = globSync('{scripts,packages,infra}/**/{requirements.txt,pom.xml,package-lock.json}', {
    cwd: root,
    exclude: ['**/node_modules'],
  });
  const folders = pins.map((file) => `/${dirname(file)}`);
  assert.ok(folders.length >= 6);
  assert.deepEqual(
    folders.filter((folder) => !known.has(folder)),
    [],
  );
});

test('each problem is detected', () => {
  const sha = 'a'.repeat(40);
  for (const [steps, problem] of [
    ['- uses: actions/cache@v5', /not pinned/],
    [`- uses: actions/cache@${sha}`, /not pinned/],
    [`- uses: actions/cache@${sha.slice(1)} # v5.0.0`, /not pinned/],
    [`- uses: actions/checkout@${sha} # v7.0.1\n- run: npm ci`, /persists its token/],
    ['- run: echo ${{ github.head_ref }}', /expression in a script/],
    ['- name: x\n  run: |\n    echo\n    echo ${{ github.head_ref }}', /expression in a script/],
  ] as const) {
    assert.match(problemsInSteps(steps).join(), problem);
  }
  const fine = `- uses: actions/checkout@${sha} # v7.0.1\n  with:\n    persist-credentials: false\n`;
  assert.deepEqual(problemsInSteps(`${fine}- run: echo\n  env:\n    REF: \${{ github.head_ref }}`), []);
  const job = 'concurrency:\n  group: x\njobs:\n  build:\n    runs-on: x\n';
  assert.deepEqual(problemsInJobs(job), [
    'default permissions are not empty',
    'build: no permissions',
    'build: no timeout-minutes',
  ]);
});
