import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { PublishBatchCommand, type PublishBatchCommandInput, SNSClient } from '@aws-sdk/client-sns';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type HttpRequest, HttpResponse } from '@smithy/core/protocols';
import * as fc from 'fast-check';
import { withDirectCalls } from './direct-calls.ts';

const credentials = { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'session' };
const QUEUE = 'https://sqs.eu-central-1.amazonaws.com/123/orders';

/** Status and body of a response, or the error of a connection. */
type Answer = readonly [status: number, body: string] | Error;
type Client = SNSClient | SQSClient;
type Send = (command: object, options?: object) => Promise<Record<string, unknown>>;

/** The SDK's client and one with direct calls, both with a server that gives these answers, the last one again and again. */
function clients(
  of: typeof SNSClient | typeof SQSClient,
  answers: readonly Answer[],
  { onRequest = () => undefined, ...config }: { onRequest?: () => void; [option: string]: unknown } = {},
) {
  const open = (wrap: (client: Client) => Client) => {
    const requests: HttpRequest[] = [];
    const handle = async (request: HttpRequest, { abortSignal }: { abortSignal?: AbortSignal } = {}) => {
      abortSignal?.throwIfAborted();
      const answer = answers[Math.min(requests.push(request), answers.length) - 1];
      onRequest();
      if (!answer || answer instanceof Error) throw answer ?? new Error('no answer');
      const [statusCode, body] = answer;
      return {
        response: new HttpResponse({ statusCode, headers: {}, body: Readable.from([Buffer.from(body)]) }),
      };
    };
    const options = {
      region: 'eu-central-1',
      credentials,
      maxAttempts: 1,
      requestHandler: { handle },
      ...config,
    };
    const client = wrap(new of(options));
    return { client, requests, send: client.send.bind(client) as unknown as Send };
  };
  return { sdk: open((client) => client), direct: open(withDirectCalls) };
}

const xml = (result: string) =>
  `<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">\n<PublishBatchResult>\n${result}\n</PublishBatchResult>` +
  '<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishBatchResponse>';
const published = (...ids: string[]) =>
  `<Successful>${ids.map((id) => `<member><MessageId>m-${id}</MessageId><Id>${id}</Id></member>`).join('')}</Successful>`;
const failed = (id: string) =>
  `<Failed><member><Id>${id}</Id><Code>InternalError</Code><Message>1 &lt; 2</Message><SenderFault>false</SenderFault></member></Failed>`;
const error = (code: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>why</Message></Error></ErrorResponse>`;

const batch = (...ids: string[]) => ({
  TopicArn: 'arn:aws:sns:eu-central-1:123:events',
  PublishBatchRequestEntries: ids.map((Id) => ({ Id, Message: 'any' })),
});

const text = fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed());
const attribute = fc.record({ DataType: fc.constant('String'), StringValue: text });
const batches = fc.record({
  TopicArn: text,
  PublishBatchRequestEntries: fc.array(
    fc.record({
      Id: text,
      Message: text,
      MessageAttributes: fc.dictionary(fc.stringMatching(/^\w{1,9}$/), attribute, {
        maxKeys: 3,
        noNullPrototype: true,
      }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

const textOf = (body: unknown) =>
  typeof body === 'string' ? body : new TextDecoder().decode(body as Uint8Array);

type Essence = Readonly<Record<string, unknown>>;

/** A request without what is added for the SDK itself. */
function essenceOf({ method, protocol, hostname, port, path, headers, body }: HttpRequest): Essence {
  const fields: unknown = headers['content-type']?.includes('json')
    ? JSON.parse(textOf(body))
    : [...new URLSearchParams(textOf(body))];
  const names = ['host', 'content-type', 'content-length', 'x-amz-target', 'x-amz-security-token'];
  return {
    method,
    protocol,
    hostname,
    port,
    path,
    fields,
    ...Object.fromEntries(names.map((name) => [name, headers[name]])),
  };
}

test('a PublishBatch is sent as by the SDK, whatever its messages contain', async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (input: PublishBatchCommandInput) => {
      const { sdk, direct } = clients(SNSClient, [[200, xml('')]]);
      await sdk.send(new PublishBatchCommand(input));
      await direct.send(new PublishBatchCommand(input));
      const [[expected], [request]] = [sdk.requests, direct.requests];
      const { 'content-length': length, ...essence } = essenceOf(request ?? assert.fail());
      const { 'content-length': _, ...expectedEssence } = essenceOf(expected ?? assert.fail());
      assert.deepEqual(essence, expectedEssence);
      assert.equal(length, String(Buffer.byteLength(String(request?.body))));
      assert.match(
        String(request?.headers['authorization']),
        /^AWS4-HMAC-SHA256 Credential=id\/\d+\/eu-central-1\/sns\//,
      );
    }),
  );
});

const entries = [{ Id: '0', ReceiptHandle: 'a', VisibilityTimeout: 5 }];
const receive = new ReceiveMessageCommand({
  QueueUrl: QUEUE,
  WaitTimeSeconds: 20,
  MessageAttributeNames: ['traceparent'],
});
const queueCommands = [
  receive,
  new DeleteMessageBatchCommand({
    QueueUrl: QUEUE,
    Entries: entries.map(({ VisibilityTimeout: _, ...entry }) => entry),
  }),
  new ChangeMessageVisibilityBatchCommand({ QueueUrl: QUEUE, Entries: entries }),
];

test("a call of SQS is sent and read as by the SDK, at the queue's or the configured endpoint", async () => {
  const messages = [
    {
      MessageId: 'm',
      Body: 'ü',
      MD5OfBody: 'c03410a5204b21cd8229ff754688d743',
      Attributes: { SentTimestamp: '1' },
    },
  ];
  const configs = [{}, { endpoint: 'http://localhost:4566' }, { endpoint: 'https://[::1]' }];
  for (const config of configs)
    for (const command of queueCommands) {
      const { sdk, direct } = clients(
        SQSClient,
        [[200, JSON.stringify({ Messages: messages, Failed: [] })]],
        { useQueueUrlAsEndpoint: !('endpoint' in config), ...config },
      );
      const [expected, output] = [await sdk.send(command), await direct.send(command)];
      if (command instanceof ReceiveMessageCommand)
        assert.deepEqual(output['Messages'], expected['Messages']);
      const [request] = direct.requests.map(essenceOf);
      assert.deepEqual(request, sdk.requests.map(essenceOf)[0]);
    }
});

test('a response is read as by the SDK: success, failures in part, and errors', async () => {
  const answers: Answer[] = [
    [200, xml(`<Failed/>${published('0', '1')}`)],
    [200, xml(`${published('0', '1')}<Failed></Failed>`)],
    [200, xml(published('0', '1'))],
    [200, xml(`${published('0')}${failed('1')}`)],
    [200, xml(published('0'))],
    [200, xml('<Successful/>')],
    [400, error('InvalidParameter')],
    [400, error('ValidationError')],
    [403, error('AuthorizationError')],
    [400, error('Throttled')],
    [500, ''],
    [503, '<html>'],
    Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
  ];
  for (const answer of answers) {
    const { sdk, direct } = clients(SNSClient, [answer]);
    const [expected, actual] = await Promise.all(
      [sdk, direct].map(({ send }) => outcomeOf(send, batch('0', '1'))),
    );
    assert.deepEqual(actual, expected, String(answer));
  }
});

/** Which entries were published or failed, or the error. */
async function outcomeOf(send: Send, input: PublishBatchCommandInput): Promise<object> {
  try {
    const { Successful = [], Failed = [] } = await send(new PublishBatchCommand(input));
    return { successful: (Successful as { Id: string }[]).map(({ Id }) => Id), Failed };
  } catch (error) {
    const {
      name,
      message,
      $metadata: { httpStatusCode, attempts } = {},
    } = error as Error & { $metadata?: Record<string, unknown> };
    return {
      constructor: error?.constructor,
      name,
      message: message.split('\n')[0],
      httpStatusCode,
      attempts,
    };
  }
}

test('what is transient is retried, up to the attempts of the client', async () => {
  for (const failure of [
    [500, ''],
    [400, error('Throttling')],
    Object.assign(new Error(), { code: 'ECONNRESET' }),
  ] as const) {
    const { direct } = clients(SNSClient, [failure, [200, xml(published('0'))]], { maxAttempts: 2 });
    const output = await direct.send(new PublishBatchCommand(batch('0')));
    assert.partialDeepStrictEqual(output, { Successful: [{ Id: '0' }], $metadata: { attempts: 2 } });
  }
  const { direct } = clients(SNSClient, [[500, '']], { maxAttempts: 2 });
  assert.partialDeepStrictEqual(await outcomeOf(direct.send, batch('0')), { attempts: 2 });
  assert.equal(direct.requests.length, 2);
});

test('a call ends once it is aborted, also between two attempts', async () => {
  const stopping = new AbortController();
  const { signal: abortSignal } = stopping;
  const { direct } = clients(SQSClient, [[500, '{}']], { maxAttempts: 3, onRequest: () => stopping.abort() });
  await assert.rejects(direct.send(receive, { abortSignal }), { name: 'AbortError' });
  await assert.rejects(direct.send(receive, { abortSignal }), { name: 'AbortError' });
  assert.equal(direct.requests.length, 1);
});

test('middleware sees each call, and may answer it', async () => {
  const { direct } = clients(SQSClient, [new Error('sent')]);
  (direct.client as SQSClient).middlewareStack.add(
    () => async () => ({ response: {}, output: { $metadata: {} } }),
    { step: 'initialize' },
  );
  await direct.send(new DeleteMessageBatchCommand({ QueueUrl: QUEUE, Entries: [] }));
  assert.equal(direct.requests.length, 0);
});
