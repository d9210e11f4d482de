/**
 * `npm test` runs every test that needs nothing but Node.js; `npm test -- FILE…` runs these files, and options of
 * `node --test` are passed on. `--unit` runs the tests beside the code of packages and services alone.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const all = ['packages', 'services', 'apps', 'tools', 'infra', 'scripts', 'tests'];
const args = process.argv.slice(2);
const options = args.filter((argument) => argument.startsWith('-') && argument !== '--unit');
const files = args.filter((argument) => !argument.startsWith('-'));
const folders = args.includes('--unit') ? ['packages', 'services'] : all;
const tests = files.length > 0 ? files : folders.map((folder) => `${folder}/**/*.test.ts`);

const runner = spawn(process.execPath, ['--test', ...options, ...tests], { stdio: 'inherit' });
const [code] = (await once(runner, 'exit')) as [number | null];
process.exitCode = code ?? 1;
