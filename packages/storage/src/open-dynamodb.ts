import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Metrics } from '@tandem/chassis/metrics';
import { activeTraceparent } from '@tandem/chassis/trace';
import { createTable } from './create-table.ts';
import { dynamoDriver } from './dynamodb.ts';
import { createDynamoCalls } from './dynamodb-calls.ts';
import type { Table } from './table.ts';

/** Opens a table in DynamoDB, with region, credentials and endpoint of the AWS SDK's environment. Counts `ConflictsRetried`. */
export function openDynamoTable(tableName: string, metrics: Pick<Metrics, 'count'>): Table {
  return createTable(dynamoDriver(createDynamoCalls(new DynamoDBClient({})), tableName), {
    now: () => Date.now(),
    traceparent: activeTraceparent,
    onConflict: () => metrics.count('ConflictsRetried'),
  });
}
