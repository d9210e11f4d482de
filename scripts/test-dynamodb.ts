/**
 * Runs the tests that need DynamoDB against DynamoDB Local; skips them with a message if it is unavailable. Compares the
 * recorded AWS calls of services and relays with `infra/aws-calls.json`, which `--update` rewrites.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { outputOf } from '@tandem/cli/run';
import { type Calls, callsOf, differences } from './aws-calls.ts';
import { startDynamoDbLocal } from '@tandem/emulators/dynamodb-local';

const TESTS = [
  'packages/storage/src/dynamodb*.test.ts',
  'tests/src/analytics/*.test.ts',
  'tests/src/contract/*.test.ts',
  'tests/src/components/*.test.ts',
  'tests/src/regressions/*.test.ts',
];
/** Start processes with their own tables, or lose tables, and therefore run after the others, one after the other. */
const FAULTS = ['tests/src/faults/dynamodb-suite.ts', 'tests/src/recovery/*suite.ts'];
const root = join(import.meta.dirname, '..');
const RECORDED = 'infra/aws-calls.json';

const { values } = parseArgs({ options: { update: { type: 'boolean', default: false } } });
const server = await startDynamoDbLocal();
if ('missing' in server) {
  console.log(`skipped: ${server.missing}`);
} else {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-aws-calls-'));
  const record = join(folder, 'calls.ndjson');
  await writeFile(record, '');
  const endpoint = { DYNAMODB_ENDPOINT: server.endpoint };
  const codes = [
    await runTests(TESTS, { ...endpoint, AWS_CALLS_FILE: record }),
    await runTests(['--test-concurrency=1', ...FAULTS], endpoint),
  ];
  await server.stop();
  const calls = callsOf(await readFile(record, 'utf8'));
  await rm(folder, { recursive: true });
  // A failed test may have omitted calls.
  process.exitCode = codes.find((code) => code !== 0) ?? (await compare(calls));
}

async function runTests(
  files: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const tests = spawn(process.execPath, ['--test', ...files], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      ...environment,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
  });
  const [code] = (await once(tests, 'close')) as [number | null];
  return code ?? 1;
}

async function compare(calls: Calls): Promise<number> {
  const file = join(root, RECORDED);
  if (values.update) {
    await writeFile(file, JSON.stringify(calls, undefined, 2));
    await outputOf('oxfmt', [file]);
    console.log(`Wrote ${RECORDED}.`);
    return 0;
  }
  const different = differences(JSON.parse(await readFile(file, 'utf8')) as Calls, calls);
  if (different.length === 0) return 0;
  const advice =
    'If this is intended, run npm run test:dynamodb -- --update, and check the permissions in infra.';
  console.log(`The AWS calls differ from ${RECORDED}:\n${different.join('\n')}\n${advice}`);
  return 1;
}
