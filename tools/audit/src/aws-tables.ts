import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DomainError } from '@tandem/chassis/errors';
import type { AwsDeployment } from '@tandem/cli/target';
import { callAws } from '@tandem/dlq/call-aws';
import type { Driver } from '@tandem/storage/driver';
import { dynamoDriver } from '@tandem/storage/dynamodb';
import { type CallDynamo, createDynamoCalls } from '@tandem/storage/dynamodb-calls';
import type { AuditedTable, TableReader, Tables } from './tables.ts';

export interface AwsTablesOptions extends AwsDeployment {
  readonly segments: number;
}

const ATTEMPTS = 8;
const PAUSE_MS = 1_000;

/** Opens the tables of a deployment on AWS, with the SDK's own credentials. */
export function openAwsTables({ region, prefix, segments }: AwsTablesOptions): Tables & Disposable {
  const client = new DynamoDBClient(region === undefined ? {} : { region });
  const calls = createDynamoCalls(client);
  const readerOf = (table: AuditedTable): TableReader => patientDriver(calls, prefix + table);
  return {
    id: `aws/${region ?? ''}/${prefix}`,
    of: { products: readerOf('products'), carts: readerOf('carts') },
    segments,
    [Symbol.dispose]: () => client.destroy(),
  };
}

/** Driver of a table for tools, which have the lowest priority: retries throttled calls. Rejects with errors of one line. */
export function patientDriver(calls: CallDynamo, name: string): Driver {
  const driver = dynamoDriver(calls, name);
  const call = <T>(action: string, work: () => Promise<T>) =>
    callAws(`dynamodb:${action}`, name, retryThrottled(work));
  return {
    scan: (query) => call('Scan', () => driver.scan(query)),
    read: (pks, options) => call('BatchGetItem', () => driver.read(pks, options)),
    write: (puts) => call('PutItem', () => driver.write(puts)),
    queryIndex: (query) => call('Query', () => driver.queryIndex(query)),
    ping: () => call('GetItem', () => driver.ping()),
  };
}

/** Retries calls with backoff while the store has no capacity or does not respond. */
export async function retryThrottled<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!isUnavailable(error) || attempt === ATTEMPTS) throw error;
      await delay(PAUSE_MS * attempt);
    }
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof DomainError && error.kind === 'unavailable';
}
