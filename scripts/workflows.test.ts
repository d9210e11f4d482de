import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
const workflows = globSync('.github/workflows/*.yml', { cwd: root });
const actions = globSync('.github/actions/*/action.yml', { cwd: root });
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** Somebody else's action by its commit, with the version that it is for readers and Dependabot; or one of ours. */
const PINNED = /^(?:[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\.\/[\w./-]+)$/;

/** How steps of a workflow or an action are less than safe. */
function faultsOfSteps(text: string): string[] {
  const lines = text.split('\n');
  const faults: string[] = [];
  let runIndent = -1;
  for (const [index, line] of lines.entries()) {
    const indent = line.search(/\S/);
    if (indent === -1) continue;
    if (indent <= runIndent) runIndent = -1;
    const [, uses] = /^[\s-]*uses: (.*)$/.exec(line) ?? [];
    if (uses !== undefined && !PINNED.test(uses)) faults.push(`not pinned: ${uses}`);
    if (uses?.startsWith('actions/checkout@') && !isWithoutCredentials(lines.slice(index + 1, index + 4)))
      faults.push('a checkout that keeps its token for whatever runs next');
    const key = /^[\s-]*run:/.exec(line)?.[0];
    if (key !== undefined) runIndent = key.length - 'run:'.length;
    if (runIndent >= 0 && line.includes('${{')) faults.push(`put together as code: ${line.trim()}`);
  }
  return faults;
}

function isWithoutCredentials(following: readonly string[]): boolean {
  return following.some((line) => line.trim() === 'persist-credentials: false');
}

/** How a workflow gives its jobs more rights or time than they need. */
function faultsOfJobs(text: string): string[] {
  const [, jobs = ''] = text.split(/^jobs:\n/m);
  const found = jobs.split(/^ {2}(?=[\w-]+:$)/m).slice(1);
  const missing = found.flatMap((job) => {
    const name = job.slice(0, job.indexOf(':'));
    const has = (key: string) => new RegExp(`^ {4}${key}:`, 'm').test(job);
    return [
      ...(has('permissions') ? [] : [`${name}: no permissions`]),
      // Of a job that is another workflow, that one's jobs have it.
      ...(has('timeout-minutes') || has('uses') ? [] : [`${name}: no timeout-minutes`]),
    ];
  });
  return [
    ...(found.length > 0 ? [] : ['no jobs']),
    ...(/^permissions: \{\}$/m.test(text) ? [] : ['jobs without permissions of their own have some']),
    ...(/^concurrency:$/m.test(text) || /^ {4}concurrency:$/m.test(text) ? [] : ['no concurrency']),
    ...missing,
  ];
}

test('the workflows have been found', () => {
  assert.ok(workflows.length >= 4 && actions.length >= 1);
});

for (const file of workflows) {
  test(`${file}: actions are pinned, and jobs have limits`, () => {
    assert.deepEqual([...faultsOfSteps(read(file)), ...faultsOfJobs(read(file))], []);
  });
}

for (const file of actions) {
  test(`${file}: actions are pinned`, () => assert.deepEqual(faultsOfSteps(read(file)), []));
}

test('an action is the same commit everywhere', () => {
  const all = [...workflows, ...actions].flatMap((file) => [
    ...read(file).matchAll(/uses: ([^.\s]\S*)@(.*)/g),
  ]);
  const commits = Map.groupBy(all, ([, name = '']) => name);
  for (const [name, uses] of commits) assert.equal(new Set(uses.map(([, , at]) => at)).size, 1, name);
});

test('what must hold before a change lands is looked at by GitHub too', () => {
  const commands = (text: string) =>
    [...text.matchAll(/^(?: *- run: )?(npm test|npm run (?:-s )?[\w:-]+)$/gm)].map(([, command = '']) =>
      command.replace(' -s', ''),
    );
  const here = commands(read('.ci/run'));
  assert.ok(here.length >= 9);
  const there = new Set(commands(read('.github/workflows/check.yml')));
  assert.deepEqual(
    here.filter((command) => !there.has(command)),
    [],
  );
});

test('Dependabot knows every folder that pins what tests install', () => {
  const known = new Set(read('.github/dependabot.yml').match(/(?<=[ [])\/[\w/-]+/g));
  const pins = globSync('{scripts,packages}/**/{requirements.txt,pom.xml}', {
    cwd: root,
    exclude: ['**/node_modules'],
  });
  const folders = pins.map((file) => `/${dirname(file)}`);
  assert.ok(folders.length >= 4);
  assert.deepEqual(
    folders.filter((folder) => !known.has(folder)),
    [],
  );
});

test('each fault is found', () => {
  const sha = 'a'.repeat(40);
  for (const [steps, fault] of [
    ['- uses: actions/cache@v5', /not pinned/],
    [`- uses: actions/cache@${sha}`, /not pinned/],
    [`- uses: actions/cache@${sha.slice(1)} # v5.0.0`, /not pinned/],
    [`- uses: actions/checkout@${sha} # v7.0.1\n- run: npm ci`, /keeps its token/],
    ['- run: echo ${{ github.head_ref }}', /as code/],
    ['- name: x\n  run: |\n    echo\n    echo ${{ github.head_ref }}', /as code/],
  ] as const) {
    assert.match(faultsOfSteps(steps).join(), fault);
  }
  const fine = `- uses: actions/checkout@${sha} # v7.0.1\n  with:\n    persist-credentials: false\n`;
  assert.deepEqual(faultsOfSteps(`${fine}- run: echo\n  env:\n    REF: \${{ github.head_ref }}`), []);
  const job = 'concurrency:\n  group: x\njobs:\n  build:\n    runs-on: x\n';
  assert.deepEqual(faultsOfJobs(job), [
    'jobs without permissions of their own have some',
    'build: no permissions',
    'build: no timeout-minutes',
  ]);
});
