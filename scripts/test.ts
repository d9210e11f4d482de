/**
 * `npm test` runs every test that needs nothing but Node.js: first those that run alone, then the others, several files at a time, as
 * tests of whole systems wait more than they compute. `npm test -- FILE…` runs these files, and options of
 * `node --test` are passed on. Tests that need packages which `npm ci` does not install are skipped without them, with one line.
 * `--unit` runs, in one process, the tests beside the code of packages and services that need no other process and no store in
 * a file.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative, resolve } from 'node:path';
import { areInstalled, INFRA, SBOM, SIMULATOR } from '@tandem/cdk/packages';
import { exemptLoopback } from '@tandem/cli/loopback';

const all = ['packages', 'services', 'apps', 'tools', 'infra', 'scripts', 'tests'];
const notUnit = [
  '**/node_modules',
  'packages/emulators',
  'packages/chassis/src/otel.test.ts',
  'packages/chassis/src/http/fuzz.test.ts',
  'packages/storage/src/{cached,dynamodb,sqlite}*.test.ts',
];
/** Tests that judge latency, memory or CPU time, which tests beside them would change. */
const alone = [
  'tests/src/components/hanging-issuer.test.ts',
  'tests/src/contract/end-to-end.test.ts',
  'tests/src/process/{lifecycle,overload}.test.ts',
];
/**
 * Where Node.js keeps what it has compiled: a test of a whole system starts up to ten processes with the same modules, which takes half
 * the time then. The tests that run alone go without, as they judge how long a first start takes.
 */
const COMPILE_CACHE = resolve('.cache/compiled');
/** Files that run at a time. The default of Node.js leaves a core free, so that it is one of two cores. */
const CONCURRENCY = Math.max(2, availableParallelism() - 1);
/** Tests that need the packages of a directory with a lock file of its own. */
const needs = [
  {
    directory: INFRA,
    tests: 'of the stacks, of alarms and of the bill of other settings',
    files: [
      'infra/**/*.test.ts',
      'tests/src/alarms/suite.ts',
      'tools/bill/src/{bill,command,cost-limits,coverage,facts,function-flows}.test.ts',
    ],
  },
  { directory: SBOM, tests: 'of bills of materials by their schema', files: ['scripts/sbom/*.test.ts'] },
  { directory: SIMULATOR, tests: 'of what each role may call', files: ['infra/src/**/privileges.test.ts'] },
];

const given = process.argv.slice(2);
const isUnit = given.includes('--unit');
const options = given.filter((argument) => argument.startsWith('-') && argument !== '--unit');
const files = given.filter((argument) => !argument.startsWith('-'));
const unitTests = () => globSync('{packages,services}/**/*.test.ts', { exclude: notUnit });
if (isUnit) options.push('--test-isolation=none');
exemptLoopback(process.env);

if (isUnit || files.length > 0) {
  process.exitCode = await run(runnable(isUnit ? unitTests() : files));
} else {
  const first = filesOf(alone);
  const others = filesOf(runnable(all.map((folder) => `${folder}/**/*.test.ts`)));
  const codeOfFirst = await run(first, '--test-concurrency=1');
  process.env['NODE_COMPILE_CACHE'] ??= COMPILE_CACHE;
  const codeOfOthers = await run(
    others.filter((file) => !first.includes(file)),
    `--test-concurrency=${CONCURRENCY}`,
  );
  if (codeOfFirst !== 0)
    console.error('failed: the tests that run alone, whose summary is above that of the others');
  process.exitCode = Math.max(codeOfFirst, codeOfOthers);
}

/** Runs tests with the options that were given, which replace `defaults`; resolves to the exit code. */
async function run(tests: readonly string[], ...defaults: readonly string[]): Promise<number> {
  if (tests.length === 0) return 0;
  const runner = spawn(process.execPath, ['--test', ...defaults, ...options, ...tests], { stdio: 'inherit' });
  const [code] = (await once(runner, 'exit')) as [number | null];
  return code ?? 1;
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
