import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { fakeDynamo, type Handler } from './conformance/dynamodb-fake.ts';
import { lostResponsesConform } from './conformance/lost-responses.ts';
import { evidenceOf, extendLineage, newWriteId } from './dynamodb-lineage.ts';
import { createDynamoTable } from './dynamodb-table.ts';

test('a lineage consists of the ids of the last 20 writes, newest last', () => {
  const ids = Array.from({ length: 25 }, newWriteId);
  for (const id of ids) assert.match(id, /^[\w-]{6}$/);
  assert.equal(new Set(ids).size, 25);
  const lineage = ids.reduce<string | undefined>(extendLineage, undefined);
  assert.equal(lineage, ids.slice(5).join(''));
});

test('lineages prove that a write was applied, that it was not, or neither', () => {
  const cases = [
    { stored: 'aaaaaabbbbbb', read: 'aaaaaa', expected: 'not-applied' },
    { stored: 'aaaaaammmmmm', read: 'aaaaaa', expected: 'applied' },
    { stored: 'mmmmmmbbbbbb', read: 'aaaaaa', expected: 'applied' },
    { stored: 'bbbbbbcccccc', read: 'aaaaaa', expected: 'unknown' },
    { stored: 'bbbmmmmmmccc', read: 'aaaaaa', expected: 'unknown' },
    { stored: extendLineage(undefined, 'bbbbbb'), read: undefined, expected: 'not-applied' },
    { stored: 'bbbbbb', read: undefined, expected: 'unknown' },
    { stored: undefined, read: 'aaaaaa', expected: 'unknown' },
  ];
  for (const { expected, ...lineages } of cases)
    assert.equal(evidenceOf('mmmmmm', lineages), expected, JSON.stringify(lineages));
});

describe('lost responses of a fake DynamoDB', () => {
  lostResponsesConform(async () => ({ handle: fakeDynamo(), tableName: 'things', close: async () => {} }));
});

const endpoint = process.env['DYNAMODB_ENDPOINT'];
const skip = endpoint === undefined && 'needs DynamoDB Local: npm run test:dynamodb';

describe('lost responses of DynamoDB Local', { skip }, () => {
  const local = {
    endpoint: String(endpoint),
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const handle: Handler = async ({ headers, body }) => {
    const response = await fetch(local.endpoint, { method: 'POST', headers, body });
    return { status: response.status, body: await response.text() };
  };
  lostResponsesConform(async () => {
    const client = new DynamoDBClient(local);
    const tableName = `lineage-${randomUUID()}`;
    await createDynamoTable(client, tableName, { byGroup: 'states' });
    const close = async () => {
      await client.send(new DeleteTableCommand({ TableName: tableName }));
      client.destroy();
    };
    return { handle, tableName, close };
  });
});
