/**
 * `npm test` runs every test that needs nothing but Node.js; `npm test -- FILE…` runs these files, and options of
 * `node --test` are passed on. Tests that need packages which `npm ci` does not install are skipped without them, with one line.
 * `--unit` runs, in one process, the tests beside the code of packages and services that need no other process and no store in
 * a file.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { relative } from 'node:path';
import { areInstalled, INFRA, SIMULATOR } from '@tandem/cdk/packages';

const all = ['packages', 'services', 'apps', 'tools', 'infra', 'scripts', 'tests'];
const notUnit = [
  '**/node_modules',
  'packages/emulators',
  'packages/chassis/src/otel.test.ts',
  'packages/chassis/src/http/fuzz.test.ts',
  'packages/storage/src/{cached,dynamodb,sqlite}*.test.ts',
];
/** Tests that need the packages of a directory with a lock file of its own. */
const needs = [
  {
    directory: INFRA,
    tests: 'of the stacks, of alarms and of the bill of other settings',
    files: [
      'infra/**/*.test.ts',
      'tests/src/alarms/suite.ts',
      'tools/bill/src/{bill,command,cost-limits,facts}.test.ts',
    ],
  },
  { directory: SIMULATOR, tests: 'of what each role may call', files: ['infra/src/**/privileges.test.ts'] },
];

const given = process.argv.slice(2);
const isUnit = given.includes('--unit');
const options = given.filter((argument) => argument.startsWith('-') && argument !== '--unit');
const files = given.filter((argument) => !argument.startsWith('-'));
const unitTests = () => globSync('{packages,services}/**/*.test.ts', { exclude: notUnit });
const everything = isUnit ? unitTests() : all.map((folder) => `${folder}/**/*.test.ts`);
if (isUnit) options.push('--test-isolation=none');

const tests = runnable(files.length > 0 ? files : everything);
if (tests.length > 0) {
  const runner = spawn(process.execPath, ['--test', ...options, ...tests], { stdio: 'inherit' });
  const [code] = (await once(runner, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
}

/** The patterns as they are, or their files less those whose packages are missing, of which a line is printed. */
function runnable(patterns: readonly string[]): readonly string[] {
  let selected = patterns;
  for (const need of needs.filter(({ directory }) => !areInstalled(directory))) {
    const needing = new Set(filesOf(need.files));
    const found = filesOf(selected);
    if (!found.some((file) => needing.has(file))) continue;
    console.log(`skipped: the tests ${need.tests}, which need npm ci --prefix ${need.directory}`);
    selected = found.filter((file) => !needing.has(file));
  }
  return selected;
}

function filesOf(patterns: readonly string[]): readonly string[] {
  return globSync(patterns, { exclude: ['**/node_modules'] }).map((file) => relative('', file));
}
