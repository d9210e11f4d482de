import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DomainError } from '@tandem/chassis/errors';
import { dynamoDriver } from '@tandem/storage/dynamodb';
import { createDynamoCalls } from '@tandem/storage/dynamodb-calls';
import type { AuditedTable, TableReader, Tables } from './tables.ts';

export interface AwsTablesOptions {
  readonly region?: string | undefined;
  /** Name prefix of the tables. */
  readonly prefix: string;
  readonly segments: number;
}

const ATTEMPTS = 8;
const PAUSE_MS = 1_000;

/** Opens the tables of a deployment on AWS, with the SDK's own credentials. */
export function openAwsTables({ region, prefix, segments }: AwsTablesOptions): Tables & Disposable {
  const client = new DynamoDBClient(region === undefined ? {} : { region });
  const calls = createDynamoCalls(client);
  const readerOf = (table: AuditedTable): TableReader => {
    const driver = dynamoDriver(calls, prefix + table);
    return {
      scan: (query) => retryThrottled('dynamodb:Scan', prefix + table, () => driver.scan(query)),
      read: (pks, options) =>
        retryThrottled('dynamodb:BatchGetItem', prefix + table, () => driver.read(pks, options)),
    };
  };
  return {
    id: `aws/${region ?? ''}/${prefix}`,
    of: { products: readerOf('products'), carts: readerOf('carts') },
    segments,
    [Symbol.dispose]: () => client.destroy(),
  };
}

/** Retries throttled calls with backoff: an audit has the lowest priority on a table. */
async function retryThrottled<T>(action: string, table: string, call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const isThrottled = error instanceof DomainError && error.code === 'store-unavailable';
      if (!isThrottled || attempt === ATTEMPTS) throw explained(error, action, table);
      await delay(PAUSE_MS * attempt);
    }
  }
}

function explained(error: unknown, action: string, table: string): DomainError {
  const cause = error instanceof DomainError && error.cause instanceof Error ? error.cause : error;
  const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
  const reason = reasonOf(name, message, action, table);
  return new DomainError('unavailable', 'aws-call-failed', reason, { cause: error });
}

function reasonOf(name: string, message: string, action: string, table: string): string {
  if (name.includes('ResourceNotFound'))
    return `Table ${table} does not exist. Check the region and --prefix.`;
  if (/AccessDenied|NotAuthorized/.test(name))
    return `Access denied: ${action} on ${table}; --help lists the permissions that an operator needs: ${message}`;
  if (/CredentialsProvider|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|TokenProvider/.test(name))
    return `No valid AWS credentials: ${message}`;
  if (message === 'Region is missing') return 'No AWS region. Set --region or AWS_REGION.';
  return `${action} on ${table} failed: ${message}`;
}
