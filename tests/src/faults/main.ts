import { readArguments, runCommand, usageError } from '@tandem/cli/command';
import { startDynamoDbLocal } from '@tandem/emulators/dynamodb-local';
import { printReport } from './report.ts';
import { runFaults } from './run.ts';

/** `npm run faults -- [--seed N] [--minutes M] [--per-mille N] [--store sqlite|dynamodb] [--json]` */
await runCommand(async () => {
  const { values } = readArguments({
    options: {
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      minutes: { type: 'string', default: '5' },
      'per-mille': { type: 'string', default: '15' },
      store: { type: 'string', default: 'sqlite' },
      json: { type: 'boolean', default: false },
    },
  });
  if (values.store !== 'sqlite' && values.store !== 'dynamodb')
    throw usageError(`--store "${values.store}" is unknown: use sqlite or dynamodb`);
  const server = values.store === 'dynamodb' ? await startDynamoDbLocal() : undefined;
  if (server && 'missing' in server) {
    console.log(`skipped: ${server.missing}`);
    return 0;
  }
  const report = await runFaults({
    seed: Number(values.seed),
    durationMs: Number(values.minutes) * 60_000,
    perMille: Number(values['per-mille']),
    restDeadlineMs: 180_000,
    // The stream feed has its checkpoint in memory only: a killed relay would start from the beginning.
    ...(server && { dynamoDb: server.endpoint, isKilling: false }),
    progress: (line) => process.stderr.write(`\r${line.padEnd(70)}`),
  });
  await server?.stop();
  process.stderr.write('\n');
  console.log(values.json ? JSON.stringify(report, null, 2) : printReport(report));
  return report.violations.length === 0 ? 0 : 1;
});
