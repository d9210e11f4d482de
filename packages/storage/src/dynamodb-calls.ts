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
} from '@aws-sdk/client-dynamodb';
import { getEndpointFromInstructions } from '@smithy/core/endpoints';
import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { SignatureV4 } from '@smithy/signature-v4';
import type { RetryErrorInfo } from '@smithy/types';
import { callTimeouts } from '@tandem/chassis/aws';
import { Pool } from 'undici';

/** Input and output of each operation, in DynamoDB's JSON. */
interface Operations {
  GetItem: [GetItemInput, GetItemOutput];
  BatchGetItem: [BatchGetItemInput, BatchGetItemOutput];
  PutItem: [PutItemInput, PutItemOutput];
  TransactWriteItems: [TransactWriteItemsInput, TransactWriteItemsOutput];
  Query: [QueryInput, QueryOutput];
  Scan: [ScanInput, ScanOutput];
}

export type Operation = keyof Operations;

/**
 * Calls DynamoDB, with the retries of the SDK. Rejects with an error that has DynamoDB's name for it, or with
 * `TimeoutError` without a response. `$metadata.attempts` of an error is the number of attempts: after more than one, an
 * earlier attempt may have been applied.
 */
export type CallDynamo = <O extends Operation>(
  operation: O,
  input: Operations[O][0],
) => Promise<Operations[O][1]>;

/** The limit of the SDK's client. */
const MAX_CONNECTIONS = 50;
const CONTENT_TYPE = 'application/x-amz-json-1.0';

/**
 * Creates calls with the credentials, region, endpoint, signature and retry strategy of an SDK client, but without its
 * middleware, which takes four times the CPU.
 */
export function createDynamoCalls(client: DynamoDBClient): CallDynamo {
  const { region, credentials, sha256 } = client.config;
  const signer = new SignatureV4({ service: 'dynamodb', region, credentials, sha256 });
  const connect = async () => {
    const { url } = await getEndpointFromInstructions({}, GetItemCommand, client.config);
    const { origin, host, hostname, protocol } = url;
    const pool = new Pool(origin, {
      connections: MAX_CONNECTIONS,
      connect: { timeout: callTimeouts.connectionTimeout },
      headersTimeout: callTimeouts.requestTimeout,
      bodyTimeout: callTimeouts.requestTimeout,
    });
    return { pool, host, hostname, protocol };
  };
  let connection: ReturnType<typeof connect> | undefined;
  /** The shared connection pool; if it cannot be opened, the next call retries. */
  const getConnection = () =>
    (connection ??= connect().catch((error: unknown) => {
      connection = undefined;
      throw error;
    }));

  async function attempt(operation: Operation, body: string): Promise<unknown> {
    const { pool, host, hostname, protocol } = await getConnection();
    const request = {
      method: 'POST',
      protocol,
      hostname,
      path: '/',
      query: {},
      headers: { host, 'content-type': CONTENT_TYPE, 'x-amz-target': `DynamoDB_20120810.${operation}` },
      body,
    };
    const { headers } = await signer.sign(request);
    return outputOf(await send(pool, headers, body));
  }

  return async (operation, input) => {
    const body = JSON.stringify(input);
    const strategy = await retryStrategyOf(client);
    let token = await strategy.acquireInitialRetryToken('');
    for (let attempts = 1; ; attempts++) {
      try {
        const output = await attempt(operation, body);
        strategy.recordSuccess(token);
        return output as never;
      } catch (error) {
        token = await strategy.refreshRetryTokenForRetry(token, retryErrorInfo(error)).catch(() => {
          throw withAttempts(error, attempts);
        });
        await delay(token.getRetryDelay());
      }
    }
  };
}

async function send(pool: Pool, headers: Record<string, string>, body: string) {
  try {
    const response = await pool.request({ method: 'POST', path: '/', headers, body });
    return { statusCode: response.statusCode, text: await response.body.text() };
  } catch (cause) {
    throw callError('TimeoutError', 'DynamoDB does not respond', { cause });
  }
}

/** Error type that the SDK's classifiers accept. */
type SdkError = Parameters<typeof isThrottlingError>[0];

/** Creates an error like those of the SDK. */
function callError(name: string, message: string, properties: object): Error {
  const { cause, ...fields } = properties as { cause?: unknown };
  return Object.assign(new Error(message, { cause }), { name, ...fields });
}

/** Adds the number of attempts to an error, as the SDK does. */
function withAttempts(error: unknown, attempts: number): unknown {
  if (!(error instanceof Error)) return error;
  const { $metadata } = error as { $metadata?: object };
  return Object.assign(error, { $metadata: { ...$metadata, attempts } });
}

/** The output of a response. Throws the error of a response that is one. */
function outputOf({ statusCode, text }: { statusCode: number; text: string }): unknown {
  const $metadata = { httpStatusCode: statusCode };
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw callError('UnknownError', `not JSON: ${text.slice(0, 200)}`, { cause, $metadata });
  }
  if (statusCode === 200) return body;
  const { __type: type = 'UnknownError', message, Message, ...fields } = body as Record<string, string>;
  const name = type.replace(/^.*#/, '');
  throw callError(name, message ?? Message ?? name, { ...fields, $metadata });
}

async function retryStrategyOf(client: DynamoDBClient) {
  const strategy = await client.config.retryStrategy();
  if ('acquireInitialRetryToken' in strategy) return strategy;
  throw new Error(
    'The retry strategy of the client has the interface of version 1. Configure one of version 2.',
  );
}

function retryErrorInfo(cause: unknown): RetryErrorInfo {
  const error = cause as SdkError;
  if (isThrottlingError(error)) return { error, errorType: 'THROTTLING' };
  if (isTransientError(error)) return { error, errorType: 'TRANSIENT' };
  return { error, errorType: isServerError(error) ? 'SERVER_ERROR' : 'CLIENT_ERROR' };
}
