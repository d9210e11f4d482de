import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { EventType } from '@tandem/contracts/events';
import { type Principal, type QueueName, topology, type TopicName } from '@tandem/contracts/topology';
import type { Lockstep } from './lockstep.ts';

/** A message published to a topic. */
export interface Sent {
  readonly topic: TopicName;
  readonly eventType: string;
  /** Body and attributes. */
  readonly bytes: number;
}

/** A call of SNS or SQS, with the HTTP bytes of its request and response. */
export interface Call {
  readonly principal: Principal;
  readonly command: string;
  readonly requestBytes: number;
  readonly answerBytes: number;
  /** Number of messages sent, received or deleted. */
  readonly messages: number;
}

export interface CallObserver {
  readonly onCall: (call: Call) => void;
  readonly onSent: (sent: readonly Sent[]) => void;
  readonly onReceived: (queue: QueueName, eventTypes: readonly string[]) => void;
  readonly lockstep: Lockstep;
}

// oxlint-disable-next-line typescript/no-explicit-any -- inputs and outputs of all commands
type Values = Record<string, any>;
interface Http {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}
type Args = { readonly input: Values; readonly request?: Http };
type Result = { readonly output: Values; readonly response?: Http };
type Middleware = (
  next: (args: Args) => Promise<Result>,
  context: { readonly commandName?: string },
) => (args: Args) => Promise<Result>;

/** Instruments a client of SNS or SQS: reports its calls and messages, and makes it receive in lockstep. */
export function instrumentClient(
  principal: Principal,
  client: SNSClient | SQSClient,
  observer: CallObserver,
): void {
  const sizes = new WeakMap<Values, { requestBytes: number; answerBytes: number }>();
  const onWire: Middleware = (next) => async (args) => {
    const result = await next(args);
    sizes.set(args.input, { requestBytes: bytesOf(args.request), answerBytes: bytesOf(result.response) });
    return result;
  };
  const around: Middleware =
    (next, { commandName = '' }) =>
    async (args) => {
      const { input } = args;
      const { lockstep } = observer;
      const queue = lastPart(input['QueueUrl'], '/') as QueueName;
      const isReceive = commandName === 'ReceiveMessageCommand';
      if (isReceive) await lockstep.beforeReceive(queue);
      const result = await next(args);
      const entries = (input['PublishBatchRequestEntries'] ?? input['Entries'] ?? [input]) as Values[];
      const received = (result.output['Messages'] ?? []) as Values[];
      if (isReceive) {
        lockstep.received(queue, received.length);
        const types = received.map(({ Body }) => String((JSON.parse(String(Body)) as Values)['eventType']));
        observer.onReceived(queue, types);
      }
      if (/^(Publish|SendMessage)/.test(commandName)) {
        const topic =
          input['TopicArn'] === undefined ? undefined : (lastPart(input['TopicArn'], ':') as TopicName);
        const sent = topic ? entries.map((entry) => sentOf(topic, entry)) : [];
        if (topic) observer.onSent(sent);
        else lockstep.enqueued(queue, entries.length);
        for (const { queue, eventTypes } of topology.subscriptions.filter((it) => it.topic === topic)) {
          const wanted = sent.filter(({ eventType }) => eventTypes.includes(eventType as EventType));
          if (wanted.length > 0) lockstep.enqueued(queue, wanted.length);
        }
      }
      observer.onCall({
        principal,
        command: commandName,
        ...(sizes.get(input) ?? { requestBytes: 0, answerBytes: 0 }),
        messages: isReceive ? received.length : entries.length,
      });
      if (commandName.startsWith('DeleteMessage')) lockstep.deleted(queue, entries.length);
      return result;
    };
  const stack = client.middlewareStack as unknown as { add(it: Middleware, options: object): void };
  stack.add(around, { step: 'initialize', name: 'instrument' });
  stack.add(onWire, { step: 'deserialize', name: 'instrumentWire', priority: 'low' });
}

function sentOf(topic: TopicName, { Message, MessageAttributes = {} }: Values): Sent {
  const attributes = Object.entries<Values>(MessageAttributes as Values);
  const texts = attributes.flatMap(([name, { DataType, StringValue }]) => [name, DataType, StringValue]);
  const bytes = [Message, ...texts].reduce<number>((sum, text) => sum + Buffer.byteLength(String(text)), 0);
  return { topic, eventType: String(MessageAttributes['eventType']?.StringValue), bytes };
}

function bytesOf(http: Http | undefined): number {
  if (!http) return 0;
  const head = Object.entries(http.headers).reduce(
    (sum, [name, value]) => sum + name.length + value.length + 4,
    60,
  );
  const body =
    typeof http.body === 'string'
      ? Buffer.byteLength(http.body)
      : Number(http.headers['content-length'] ?? 0);
  return head + body;
}

const lastPart = (value: unknown, separator: string) => String(value).split(separator).at(-1) ?? '';
