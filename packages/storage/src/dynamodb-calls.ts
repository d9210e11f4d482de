import { setTimeout as delay } from 'node:timers/promises';
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type {
  BatchGetItemInput,
  BatchGetItemOutput,
  GetItemInput,
  GetItemOutput,
  PutItemInput,
  PutItemOutput,
  QueryInput,
  QueryOutput,
  ScanInput,
  ScanOutput,
  TransactWriteItemsInput,
  TransactWriteItemsOutput,
  UpdateItemInput,
  UpdateItemOutput,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { getEndpointFromInstructions } from '@smithy/core/endpoints';
import { isServerError, isTransientError } from '@smithy/core/retry';
import type { RetryErrorInfo } from '@smithy/types';
import { callTimeouts, KEEP_ALIVE_MS } from '@tandem/chassis/aws';
import { createCallSigner } from '@tandem/chassis/sign-call';
import { Pool } from 'undici';
import { isThrottled } from './dynamodb-errors.ts';
import { sendRequest } from './dynamodb-http.ts';

/** Input and output of each operation on tables, in DynamoDB's JSON. */
interface TableOperations {
  GetItem: [GetItemInput, GetItemOutput];
  BatchGetItem: [BatchGetItemInput, BatchGetItemOutput];
  PutItem: [PutItemInput, PutItemOutput];
  TransactWriteItems: [TransactWriteItemsInput, TransactWriteItemsOutput];
  Query: [QueryInput, QueryOutput];
  Scan: [ScanInput, ScanOutput];
  /** For tools. */
  UpdateItem: [UpdateItemInput, UpdateItemOutput];
}

export type Operation = keyof TableOperations;

/**
 * Calls DynamoDB, with the retries of the SDK, also of transactions that were cancelled for want of capacity; with
 * `retriesThrottling: false` any refusal for that reason is final. Rejects with an error that has DynamoDB's name for it, or with
 * `TimeoutError` without a response. `$metadata.attempts` of an error is the number of attempts: after more than one, an
 * earlier attempt may have been applied.
 */
export type CallDynamo = Call<TableOperations>;

/** Calls an API of DynamoDB. */
export type Call<Operations extends Record<keyof Operations, [input: object, output: object]>> = <
  O extends keyof Operations,
>(
  operation: O,
  input: Operations[O][0],
  options?: { readonly retriesThrottling?: boolean },
) => Promise<Operations[O][1]>;

/** The limit of the SDK's client. */
const MAX_CONNECTIONS = 50;
const CONTENT_TYPE = 'application/x-amz-json-1.0';

/**
 * Creates calls with the credentials, region, endpoint, signature and retry strategy of an SDK client, but without its
 * middleware, which takes four times the CPU.
 */
export function createDynamoCalls(client: DynamoDBClient): CallDynamo {
  return createCalls(client, 'DynamoDB_20120810', GetItemCommand);
}

/** The same for another API of DynamoDB: `api` is the prefix of its operations in requests, `command` one of the client's. */
export function createCalls(
  client: DynamoDBClient | DynamoDBStreamsClient,
  api: string,
  command: Parameters<typeof getEndpointFromInstructions>[1],
) {
  const sign = createCallSigner(client.config.region, client.config.credentials);
  const connect = async () => {
    const { url } = await getEndpointFromInstructions({}, command, client.config);
    const { origin, host } = url;
    const pool = new Pool(origin, {
      connections: MAX_CONNECTIONS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connect: { timeout: callTimeouts.connectionTimeout },
      headersTimeout: callTimeouts.requestTimeout,
      bodyTimeout: callTimeouts.requestTimeout,
    });
    return { pool, host };
  };
  let connection: ReturnType<typeof connect> | undefined;
  /** The shared connection pool; if it cannot be opened, the next call retries. */
  const getConnection = () =>
    (connection ??= connect().catch((error: unknown) => {
      connection = undefined;
      throw error;
    }));

  async function attempt(operation: string, body: string): Promise<unknown> {
    const { pool, host } = await getConnection();
    const target = `${api}.${operation}`;
    const headers = await sign({ host, target, contentType: CONTENT_TYPE, body });
    return sendRequest(pool, headers, body);
  }

  return async (operation: string, input: object, { retriesThrottling = true } = {}) => {
    const body = JSON.stringify(input);
    const strategy = await retryStrategyOf(client);
    let token = await strategy.acquireInitialRetryToken('');
    for (let attempts = 1; ; attempts++) {
      try {
        const output = await attempt(operation, body);
        strategy.recordSuccess(token);
        return output as never;
      } catch (error) {
        if (!retriesThrottling && error instanceof Error && isThrottled(error))
          throw withAttempts(error, attempts);
        token = await strategy.refreshRetryTokenForRetry(token, retryErrorInfo(error)).catch(() => {
          throw withAttempts(error, attempts);
        });
        await delay(token.getRetryDelay());
      }
    }
  };
}

/** Error type that the SDK's classifiers accept. */
type SdkError = Parameters<typeof isServerError>[0];

/** Adds the number of attempts to an error, as the SDK does. */
function withAttempts(error: unknown, attempts: number): unknown {
  if (!(error instanceof Error)) return error;
  const { $metadata } = error as { $metadata?: object };
  return Object.assign(error, { $metadata: { ...$metadata, attempts } });
}

async function retryStrategyOf(client: DynamoDBClient | DynamoDBStreamsClient) {
  const strategy = await client.config.retryStrategy();
  if ('acquireInitialRetryToken' in strategy) return strategy;
  throw new Error(
    'The retry strategy of the client has the interface of version 1. Configure one of version 2.',
  );
}

function retryErrorInfo(cause: unknown): RetryErrorInfo {
  const error = cause as SdkError;
  if (error instanceof Error && isThrottled(error)) return { error, errorType: 'THROTTLING' };
  if (isTransientError(error)) return { error, errorType: 'TRANSIENT' };
  return { error, errorType: isServerError(error) ? 'SERVER_ERROR' : 'CLIENT_ERROR' };
}
