import { setTimeout as delay } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { PublishBatchCommand, type SNSClient } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { getEndpointFromInstructions } from '@smithy/core/endpoints';
import { HttpRequest, type HttpResponse } from '@smithy/core/protocols';
import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { operation as operationOf } from '@smithy/core/schema';
import { getSmithyContext } from '@smithy/core/transport';
import type { HandlerExecutionContext, RetryErrorInfo } from '@smithy/types';
import { createCallSigner } from '../sign-call.ts';
import { type CallFormat, callFormats } from './call-formats.ts';

type Client = SNSClient | SQSClient;
type SdkError = Parameters<typeof isServerError>[0];

/** Schema of an operation, and the signal of a call, as the SDK's middleware has them. */
interface Call {
  readonly operationSchema: [number, ...Parameters<typeof operationOf>];
  readonly abortSignal?: AbortSignal;
}
interface SdkProtocol {
  deserializeResponse(schema: object, config: object, response: HttpResponse): Promise<object>;
}
type Args = { readonly input: { readonly QueueUrl?: string } };
type Result = { readonly response: unknown; readonly output: object };
type Handler = (args: Args) => Promise<Result>;

/**
 * Lets a client send and read the calls that each message needs itself, with the client's credentials, region, endpoint, retry
 * strategy and connections, but not by the SDK's serializers, signer and further middleware, which take five times the CPU. A
 * response that is not plain success is read by the SDK, so that errors are the SDK's. Middleware of the step `initialize` sees
 * every call as before. Returns the client.
 */
export function withDirectCalls<C extends Client>(client: C): C {
  const send = createSender(client);
  const middleware =
    (next: Handler, context: HandlerExecutionContext): Handler =>
    async (args) => {
      const format = callFormats[context.commandName ?? ''];
      return format ? send(format, args, getSmithyContext(context) as unknown as Call) : next(args);
    };
  // It prepares a log line for each call, also for no logger.
  client.middlewareStack.remove('loggerMiddleware');
  (client as SQSClient).middlewareStack.add(middleware as never, {
    step: 'serialize',
    priority: 'high',
    name: 'directCalls',
  });
  return client;
}

function createSender(client: Client) {
  // The configurations of both clients are compatible in what is used here, although their types are not.
  const config = client.config as SQSClient['config'];
  const isSqs = client instanceof SQSClient;
  const sign = createCallSigner(config.region, config.credentials, isSqs ? 'sqs' : 'sns');
  const isAtQueueUrl = isSqs && config.useQueueUrlAsEndpoint && config.endpoint === undefined;
  let endpoint: Promise<URL> | undefined;
  const findEndpoint = async () => {
    const command = isSqs ? ReceiveMessageCommand : PublishBatchCommand;
    return (await getEndpointFromInstructions({}, command, config)).url;
  };
  const endpointOf = async (queueUrl: string | undefined): Promise<URL> => {
    if (isAtQueueUrl && queueUrl !== undefined) return new URL(queueUrl);
    return (endpoint ??= findEndpoint().catch((error: unknown) => {
      endpoint = undefined;
      throw error;
    }));
  };

  const attempt = async (format: CallFormat, body: string, input: Args['input'], call: Call) => {
    const { contentType, target } = format;
    const { protocol, host, hostname, port } = await endpointOf(input.QueueUrl);
    const headers = await sign({ host, target, contentType, body });
    const request = new HttpRequest({
      method: 'POST',
      protocol,
      hostname,
      ...(port && { port: Number(port) }),
      path: '/',
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      body,
    });
    const { abortSignal } = call;
    const { response } = await config.requestHandler.handle(request, abortSignal ? { abortSignal } : {});
    const received = await text(response.body);
    const output = response.statusCode === 200 ? format.outputOf(received, input) : undefined;
    return { response, output: output ?? (await readBySdk(response, received, call)) };
  };

  /** Reads a response by the SDK. Rejects with the error that it reports. */
  const readBySdk = async (response: HttpResponse, body: string, { operationSchema }: Call) => {
    const [, ...schema] = operationSchema;
    response.body = Buffer.from(body);
    const protocol = config.protocol as unknown as SdkProtocol;
    try {
      return await protocol.deserializeResponse(operationOf(...schema), config, response);
    } catch (error) {
      // A proxy's page is no error of the service, but its status decides about a retry.
      throw withMetadata(error, { httpStatusCode: response.statusCode });
    }
  };

  return async (format: CallFormat, { input }: Args, call: Call): Promise<Result> => {
    const strategy = await config.retryStrategy();
    if (!('acquireInitialRetryToken' in strategy)) throw new Error('The retry strategy is of version 1.');
    const body = format.bodyOf(input);
    const signal = call.abortSignal;
    let token = await strategy.acquireInitialRetryToken('');
    for (let attempts = 1; ; attempts++) {
      try {
        const { response, output } = await attempt(format, body, input, call);
        strategy.recordSuccess(token);
        return {
          response,
          output: { ...output, $metadata: { httpStatusCode: response.statusCode, attempts } },
        };
      } catch (cause) {
        const error = cause as SdkError;
        const info = { error, errorType: errorTypeOf(error) };
        token = await strategy.refreshRetryTokenForRetry(token, info).catch(() => {
          throw withMetadata(error, { attempts });
        });
        await delay(token.getRetryDelay(), undefined, signal ? { signal } : {});
      }
    }
  };
}

function errorTypeOf(error: SdkError): RetryErrorInfo['errorType'] {
  if (isThrottlingError(error)) return 'THROTTLING';
  if (isTransientError(error)) return 'TRANSIENT';
  return isServerError(error) ? 'SERVER_ERROR' : 'CLIENT_ERROR';
}

function withMetadata(error: unknown, metadata: { httpStatusCode?: number; attempts?: number }): unknown {
  if (!(error instanceof Error)) return error;
  return Object.assign(error, { $metadata: { ...(error as SdkError).$metadata, ...metadata } });
}
