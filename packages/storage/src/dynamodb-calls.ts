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
 * Calls DynamoDB, again where the SDK would call again. Rejects with an error of DynamoDB's name for it, and with
 * `TimeoutError` where it did not respond. An error's `$metadata.attempts` is how often the call was sent: after more
 * than one an earlier attempt may have been applied.
 */
export type CallDynamo = <O extends Operation>(
  operation: O,
  input: Operations[O][0],
) => Promise<Operations[O][1]>;

/** As many as the SDK's client opens. */
const MAX_CONNECTIONS = 50;
const CONTENT_TYPE = 'application/x-amz-json-1.0';

/**
 * Calls as this client of the SDK would: with its credentials, region, endpoint, signature and retries, and past its
 * layers, which take four times the CPU.
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
  /** The one connection; where it could not be had, the next call tries again. */
  const connected = () =>
    (connection ??= connect().catch((error: unknown) => {
      connection = undefined;
      throw error;
    }));

  async function attempt(operation: Operation, body: string): Promise<unknown> {
    const { pool, host, hostname, protocol } = await connected();
    const unsigned = {
      method: 'POST',
      protocol,
      hostname,
      path: '/',
      query: {},
      headers: { host, 'content-type': CONTENT_TYPE, 'x-amz-target': `DynamoDB_20120810.${operation}` },
      body,
    };
    const { headers } = await signer.sign(unsigned);
    return parsed(await answerOf(pool, headers, body));
  }

  return async (operation, input) => {
    const body = JSON.stringify(input);
    const strategy = await retries(client);
    let token = await strategy.acquireInitialRetryToken('');
    for (let attempts = 1; ; attempts++) {
      try {
        const output = await attempt(operation, body);
        strategy.recordSuccess(token);
        return output as never;
      } catch (error) {
        token = await strategy.refreshRetryTokenForRetry(token, failureOf(error)).catch(() => {
          throw withAttempts(error, attempts);
        });
        await delay(token.getRetryDelay());
      }
    }
  };
}

async function answerOf(pool: Pool, headers: Record<string, string>, body: string) {
  try {
    const answer = await pool.request({ method: 'POST', path: '/', headers, body });
    return { statusCode: answer.statusCode, text: await answer.body.text() };
  } catch (cause) {
    throw callError('TimeoutError', 'DynamoDB does not answer', { cause });
  }
}

/** The shape of an error that the SDK classifies. */
type SdkError = Parameters<typeof isThrottlingError>[0];

/** An error as the SDK would throw it. */
function callError(name: string, message: string, more: object): Error {
  const { cause, ...fields } = more as { cause?: unknown };
  return Object.assign(new Error(message, { cause }), { name, ...fields });
}

/** The error, with the number of attempts where the SDK has it. */
function withAttempts(error: unknown, attempts: number): unknown {
  if (!(error instanceof Error)) return error;
  const { $metadata } = error as { $metadata?: object };
  return Object.assign(error, { $metadata: { ...$metadata, attempts } });
}

/** The output; throws the error that the response names. */
function parsed({ statusCode, text }: { statusCode: number; text: string }): unknown {
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

async function retries(client: DynamoDBClient) {
  const strategy = await client.config.retryStrategy();
  if ('acquireInitialRetryToken' in strategy) return strategy;
  throw new Error('a retry strategy of an old kind');
}

function failureOf(thrown: unknown): RetryErrorInfo {
  const error = thrown as SdkError;
  if (isThrottlingError(error)) return { error, errorType: 'THROTTLING' };
  if (isTransientError(error)) return { error, errorType: 'TRANSIENT' };
  return { error, errorType: isServerError(error) ? 'SERVER_ERROR' : 'CLIENT_ERROR' };
}
