/** Runs the tests that want a DynamoDB against DynamoDB Local; where that cannot be had, says so and succeeds. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { startDynamoDbLocal } from './dynamodb-local.ts';

const TESTS = [
  'packages/storage/src/dynamodb*.test.ts',
  'tests/src/contract/*.test.ts',
  'tests/src/components/*.test.ts',
  'tests/src/regressions/*.test.ts',
];

const server = await startDynamoDbLocal();
if ('missing' in server) {
  console.log(`skipped: ${server.missing}`);
} else {
  const root = join(import.meta.dirname, '..');
  const files = TESTS.flatMap((pattern) =>
    globSync(pattern, { cwd: root, exclude: (name) => name === 'node_modules' }),
  );
  const tests = spawn(process.execPath, ['--test', ...files], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      DYNAMODB_ENDPOINT: server.endpoint,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
  });
  const [code] = (await once(tests, 'close')) as [number | null];
  await server.stop();
  process.exitCode = code ?? 1;
}
