import type { Principal, QueueName, ServiceName, TopicName } from '@tandem/contracts/topology';
import type { OnClient } from '@tandem/emulators/clients';
import type { Recordable } from '../support/aws-calls/record.ts';

/** An event as it was sent, and where to. */
export interface Told {
  readonly channel: TopicName | QueueName;
  readonly event: Readonly<Record<string, unknown>>;
}

/** Keeps a service from what it has received. */
export interface Hold {
  /** Resolves once the service has received something that it does not see. */
  readonly taken: Promise<void>;
  release(): void;
}

/** Hears what the services and relays of a system send, and can hold up what they receive. */
export interface Recorder {
  readonly onClient: OnClient;
  /** In the order in which it was accepted. */
  readonly told: readonly Told[];
  readonly hold: (service: ServiceName) => Hold;
}

type Handler = (args: { input: Sent }) => Promise<{ output: { readonly Messages?: readonly unknown[] } }>;
type Middleware = (next: Handler, context: { readonly commandName?: string }) => Handler;

/** What matters of the inputs of PublishBatch and SendMessage. */
interface Sent {
  readonly TopicArn?: string;
  readonly PublishBatchRequestEntries?: readonly { readonly Message: string }[];
  readonly QueueUrl?: string;
  readonly MessageBody?: string;
}

export function createRecorder(): Recorder {
  const told: Told[] = [];
  const holds = new Map<Principal, { received: () => void; released: Promise<void> }>();

  const middlewareOf =
    (principal: Principal): Middleware =>
    (next, { commandName }) =>
    async (args) => {
      const result = await next(args);
      if (commandName === 'PublishBatchCommand' || commandName === 'SendMessageCommand')
        told.push(...sentBy(args.input));
      const hold = holds.get(principal);
      if (hold && commandName === 'ReceiveMessageCommand' && (result.output.Messages ?? []).length > 0) {
        hold.received();
        await hold.released;
      }
      return result;
    };

  return {
    told,
    onClient(principal, client) {
      const { middlewareStack }: Recordable = client;
      const options = { step: 'initialize', name: 'recordEvents', override: true } as const;
      middlewareStack.add(middlewareOf(principal) as never, options);
    },
    hold(service) {
      const [taken, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      holds.set(service, { received: taken.resolve, released: released.promise });
      return {
        taken: taken.promise,
        release() {
          holds.delete(service);
          released.resolve();
        },
      };
    },
  };
}

function sentBy({ TopicArn, PublishBatchRequestEntries = [], QueueUrl, MessageBody }: Sent): Told[] {
  const channel = (TopicArn?.split(':') ?? QueueUrl?.split('/'))?.at(-1) as Told['channel'];
  const bodies =
    MessageBody === undefined ? PublishBatchRequestEntries.map(({ Message }) => Message) : [MessageBody];
  return bodies.map((body) => ({ channel, event: JSON.parse(body) as Told['event'] }));
}
