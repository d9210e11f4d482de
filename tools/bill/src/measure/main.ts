import { writeFile } from 'node:fs/promises';
import { DomainError } from '@tandem/chassis/errors';
import { requestUntil } from '@tandem/cli/api-client';
import { readArguments, runCommand } from '@tandem/cli/command';
import { startDynamoDbLocal } from '@tandem/emulators/dynamodb-local';
import { MEASURED_FILE } from '../files.ts';
import type { MeasuredFile } from '../measurement.ts';
import { measureAll } from './run.ts';
import { digestOfSources } from './sources.ts';
import { startSystem } from './system.ts';

const HELP = `npm run measure: measures the consumption of each request and event, on DynamoDB Local (needs Java 17 and Maven)

Writes tools/bill/measured.json, an input of npm run bill. Takes about two minutes.

  --print      print the result instead of writing it
  -h, --help   print this text
`;

const NOTES = [
  'Averages over carts of one, two and three lines, half of them users’; "check out" carries an idempotency key, no other request does.',
  'Units are computed by AWS’s rules from the bytes of the items. A transaction’s writes of an index count once: AWS does not document it; nubo-db/dynoxide#188 measured it on AWS.',
  'One request at a time, until the system is at rest: the events of one request share a batch, those of different requests do not.',
];
const READY_TIMEOUT_MS = 30_000;

await runCommand(async () => {
  const { values } = readArguments({ help: HELP, options: { print: { type: 'boolean' } } });
  const dynamoDb = await startDynamoDbLocal();
  if ('missing' in dynamoDb) throw new DomainError('unavailable', 'dynamodb-local', dynamoDb.missing);
  try {
    await using system = await startSystem(dynamoDb.endpoint);
    for (const url of Object.values(system.urls)) await untilReady(url);
    await system.lockstep.atRest();
    const measured: MeasuredFile = {
      date: new Date().toISOString().slice(0, 10),
      sources: digestOfSources(),
      notes: NOTES,
      ...(await measureAll(system, (part) => console.error(part))),
    };
    const text = `${JSON.stringify(measured, undefined, 2)}\n`;
    if (values.print) process.stdout.write(text);
    else await writeFile(MEASURED_FILE, text);
    return 0;
  } finally {
    await dynamoDb.stop();
  }
});

async function untilReady(url: string): Promise<void> {
  const request = { method: 'GET', path: '/ready' } as const;
  const isReady = ({ status }: { status: number }) => status === 200;
  const outcome = await requestUntil(url, request, isReady, { deadlineMs: READY_TIMEOUT_MS });
  if ('reason' in outcome) throw new DomainError('unavailable', 'not-ready', outcome.reason);
}
