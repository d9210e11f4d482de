import { writeFile } from 'node:fs/promises';
import { DomainError } from '@tandem/chassis/errors';
import { requestUntil } from '@tandem/cli/api-client';
import { readArguments, runCommand } from '@tandem/cli/command';
import { startDynamoDbLocal } from '@tandem/emulators/dynamodb-local';
import { MEASURED_FILE, readFacts } from '../files.ts';
import type { MeasuredFile } from '../measurement.ts';
import { measureBatches, ratesOf } from './batches.ts';
import { measureAll } from './run.ts';
import { digestOfSources } from './sources.ts';
import { startSystem } from './system.ts';

const HELP = `npm run measure: measures the consumption of each request and event, on DynamoDB Local (needs Java 17 and Maven)

Writes tools/bill/measured.json, an input of npm run bill. Takes about six minutes.
`;

const NOTES = [
  'Averages over carts of one, two and three lines, half of them users’; "check out" carries an idempotency key, no other request does.',
  'Units are computed by AWS’s rules from the bytes of the items. A transaction’s writes of an index count once: AWS does not document it; nubo-db/dynoxide#188 measured it on AWS.',
  'One request at a time, until the system is at rest: the events of one request share a batch, those of different requests do not.',
  'The batches of Analytics are measured by themselves: events of the mix at even distances, on products of which the most popular has 2 % of them.',
  'A task that reads a product has read its description before, as it has of nearly each product of a catalog after some hours.',
];
const READY_TIMEOUT_MS = 30_000;

await runCommand(async () => {
  readArguments({ help: HELP });
  const dynamoDb = await startDynamoDbLocal();
  if ('missing' in dynamoDb) throw new DomainError('unavailable', 'dynamodb-local', dynamoDb.missing);
  try {
    await using system = await startSystem(dynamoDb.endpoint);
    for (const url of Object.values(system.urls)) await untilReady(url);
    await system.lockstep.atRest();
    const report = (part: string) => console.error(part);
    const results = await measureAll(system, report);
    const rates = ratesOf({ ...results, date: '', batches: {} }, readFacts());
    const measured: MeasuredFile = {
      date: new Date().toISOString().slice(0, 10),
      sources: digestOfSources(),
      notes: NOTES,
      ...results,
      batches: { analytics: await measureBatches(dynamoDb.endpoint, rates, report) },
    };
    const text = `${JSON.stringify(measured, undefined, 2)}\n`;
    await writeFile(MEASURED_FILE, text);
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
