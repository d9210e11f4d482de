import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { EventType } from '@tandem/contracts/events';
import { type QueueName, topology } from '@tandem/contracts/topology';
import type { Lockstep } from './lockstep.ts';
import type { Recorder } from './recorder.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- inputs and outputs of all commands
type Values = Record<string, any>;
interface Http {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}
type Args = { readonly input: Values };
type Result = { readonly output: Values };
interface Handler {
  handle(request: Http, options: unknown): Promise<{ readonly response: Http }>;
}
type Middleware = (
  next: (args: Args) => Promise<Result>,
  context: { readonly commandName?: string },
) => (args: Args) => Promise<Result>;

/** Instruments a client of SNS or SQS: records its messages and bytes, and makes it receive in lockstep. */
export function instrumentClient(
  principal: string,
  client: SNSClient | SQSClient,
  { lockstep, recorder }: { readonly lockstep: Lockstep; readonly recorder: Recorder },
): void {
  const publishedTo = (topic: string, entries: readonly Values[]) => {
    const eventTypes = entries.map(({ MessageAttributes }) =>
      String(MessageAttributes?.eventType?.StringValue),
    );
    for (const eventType of eventTypes) recorder.published(topic, eventType);
    for (const subscription of topology.subscriptions) {
      if (subscription.topic !== topic || !isReceived(subscription.queue)) continue;
      const delivered = eventTypes.filter((type) => subscription.eventTypes.includes(type as EventType));
      lockstep.enqueued(subscription.queue, delivered.length);
    }
  };
  const inLockstep: Middleware =
    (next, { commandName = '' }) =>
    async (args) => {
      const { TopicArn, QueueUrl, PublishBatchRequestEntries, Entries = [args.input] } = args.input;
      const queue = lastPart(QueueUrl, '/') as QueueName;
      if (commandName === 'ReceiveMessageCommand') await lockstep.beforeReceive(queue);
      const result = await next(args);
      if (commandName === 'ReceiveMessageCommand')
        lockstep.received(queue, result.output['Messages']?.length ?? 0);
      else if (commandName.startsWith('DeleteMessage')) lockstep.deleted(queue, Entries.length);
      else if (commandName.startsWith('SendMessage')) lockstep.enqueued(queue, Entries.length);
      else if (commandName.startsWith('Publish'))
        publishedTo(lastPart(TopicArn, ':'), PublishBatchRequestEntries ?? [args.input]);
      return result;
    };
  const stack = client.middlewareStack as unknown as { add(middleware: Middleware, options: object): void };
  stack.add(inLockstep, { step: 'initialize', name: 'inLockstep' });
  const handler = client.config.requestHandler as unknown as Handler;
  const handle = handler.handle.bind(handler);
  handler.handle = async (request, options) => {
    const result = await handle(request, options);
    recorder.transferred(principal, commandOf(request), bytesOf(request), bytesOf(result.response));
    return result;
  };
}

/** The name of the command that sends a request: SQS has the operation's in a header, SNS in the body. */
function commandOf({ headers, body }: Http): string {
  const [, operation] =
    /^AmazonSQS\.(\w+)$/.exec(headers['x-amz-target'] ?? '') ?? /^Action=(\w+)/.exec(String(body)) ?? [];
  return `${operation}Command`;
}

/** Whether a service that is measured in lockstep receives from a queue. */
function isReceived(queue: QueueName): boolean {
  const { consumer } = topology.queues[queue];
  return topology.services[consumer].runsAs === 'task';
}

function bytesOf(http: Http | undefined): number {
  if (!http) return 0;
  const { headers, body } = http;
  const head = Object.entries(headers).reduce(
    (sum, [name, value]) => sum + name.length + value.length + 4,
    60,
  );
  return head + (typeof body === 'string' ? Buffer.byteLength(body) : Number(headers['content-length'] ?? 0));
}

const lastPart = (text: unknown, separator: string) => String(text).split(separator).at(-1) ?? '';
