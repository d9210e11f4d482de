import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printReport } from './report.ts';
import { runFaults } from './run.ts';

const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000);
const dynamoDb = process.env['DYNAMODB_ENDPOINT'];
const skip = dynamoDb === undefined && 'set DYNAMODB_ENDPOINT, or run npm run test:dynamodb';

test(
  'two instances of each service on DynamoDB keep their promises when responses to writes are lost',
  { skip },
  async (t) => {
    const report = await runFaults({
      seed,
      durationMs: 20_000,
      perMille: 15,
      isKilling: false,
      restDeadlineMs: 60_000,
      ...(dynamoDb !== undefined && { dynamoDb }),
    });
    for (const line of printReport(report).split('\n')) t.diagnostic(line);
    assert.deepEqual(report.violations, []);
    assert.ok(report.lostResponses, `no response was lost: FAULT_SEED=${seed}`);
    assert.ok(report.expired > 0, `no hold expired: FAULT_SEED=${seed}`);
  },
);
