import { writeFile } from 'node:fs/promises';
import { DomainError } from '@tandem/chassis/errors';
import { readArguments, runCommand } from '@tandem/cli/command';
import { setTimeout as delay } from 'node:timers/promises';
import { startDynamoDbLocal } from '@tandem/emulators/dynamodb-local';
import { MEASURED_FILE } from '../measured.ts';
import { startTestSystem } from './test-system.ts';
import { measure } from './run.ts';
import { digestOfSources, packageVersions } from './sources.ts';

const HELP = `npm run measure: measures the consumption of each request and event, on DynamoDB Local (needs Java 17 and Maven)

Writes tools/bill/measured.json, an input of npm run bill. Takes about two minutes.

  --print   print the result instead of writing it
  --help`;

const NOTES = [
  'Averages over carts of one, two and three lines, half of them users\u2019; "check out" carries an idempotency key, nothing else does.',
  'Units are computed by AWS\u2019s rules from the items\u2019 bytes; dynamoDbLocal lists where DynamoDB Local reports others: it does not count writes that a condition refused nor condition checks in transactions, rounds a batch of reads together, doubles what a transaction writes into an index, and takes scanned index entries for whole items.',
  'What a transaction writes into an index counts once. AWS does not document it; nubo-db/dynoxide#188 measured it on AWS.',
  'One request at a time, downstream until rest: events that one request causes share a batch, those of different requests do not.',
];

await runCommand(async () => {
  const { values } = readArguments({ options: { print: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const dynamoDb = await startDynamoDbLocal();
  if ('missing' in dynamoDb) throw new DomainError('unavailable', 'dynamodb-local', dynamoDb.missing);
  try {
    const results = await measureAll(dynamoDb.endpoint);
    const measured = {
      date: new Date().toISOString().slice(0, 10),
      node: process.version,
      packages: packageVersions(),
      sources: digestOfSources(),
      notes: NOTES,
      ...results,
    };
    const text = `${JSON.stringify(measured, undefined, 2)}\n`;
    if (values.print) process.stdout.write(text);
    else await writeFile(MEASURED_FILE, text);
    return 0;
  } finally {
    await dynamoDb.stop();
  }
});

async function measureAll(dynamoDb: string) {
  const system = await startTestSystem(dynamoDb);
  try {
    await ready(`${system.urls.cart}/ready`);
    await system.lockstep.atRest();
    return await measure(system, (part) => console.error(part));
  } finally {
    await system.stop();
  }
}

async function ready(url: string): Promise<void> {
  for (const deadline = performance.now() + 30_000; performance.now() < deadline; await delay(50)) {
    if ((await fetch(url)).ok) return;
  }
  throw new DomainError('unavailable', 'not-ready', 'The test system was not ready after 30 s.');
}
