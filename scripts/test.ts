/**
 * `npm test` runs every test that needs nothing but Node.js; `npm test -- FILE…` runs these files, and options of
 * `node --test` are passed on. `--unit` runs, in one process, the tests beside the code of packages and services that
 * need no other process and no store in a file.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';

const all = ['packages', 'services', 'apps', 'tools', 'infra', 'scripts', 'tests'];
const notUnit = [
  '**/node_modules',
  'packages/emulators',
  'packages/chassis/src/otel.test.ts',
  'packages/chassis/src/http/fuzz.test.ts',
  'packages/storage/src/{cached,dynamodb,sqlite}*.test.ts',
];

const given = process.argv.slice(2);
const isUnit = given.includes('--unit');
const options = given.filter((argument) => argument.startsWith('-') && argument !== '--unit');
const files = given.filter((argument) => !argument.startsWith('-'));
const unitTests = () => globSync('{packages,services}/**/*.test.ts', { exclude: notUnit });
const tests = isUnit ? unitTests() : all.map((folder) => `${folder}/**/*.test.ts`);
if (isUnit) options.push('--test-isolation=none');

const runner = spawn(process.execPath, ['--test', ...options, ...(files.length > 0 ? files : tests)], {
  stdio: 'inherit',
});
const [code] = (await once(runner, 'exit')) as [number | null];
process.exitCode = code ?? 1;
