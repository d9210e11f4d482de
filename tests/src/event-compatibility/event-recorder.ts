import type { Principal, QueueName, ServiceName, TopicName } from '@tandem/contracts/topology';
import type { OnClient } from '@tandem/emulators/clients';
import type { Recordable } from '../support/aws-calls/record.ts';

/** Published event with its topic, or its queue if it was sent directly. */
export interface RecordedEvent {
  readonly channel: TopicName | QueueName;
  readonly event: Readonly<Record<string, unknown>>;
}

/** Pause of a service's consumer. */
export interface Pause {
  /** Resolves once the service has received messages, which it handles after the pause. */
  readonly received: Promise<void>;
  resume(): void;
}

/** Recorder of all events that the services and relays of a system publish; it can pause consumers. */
export interface EventRecorder {
  readonly onClient: OnClient;
  /** Recorded events in the order in which SNS and SQS accepted them. */
  readonly events: readonly RecordedEvent[];
  readonly pauseConsumer: (service: ServiceName) => Pause;
}

type Handler = (args: {
  input: PublishInput;
}) => Promise<{ output: { readonly Messages?: readonly unknown[] } }>;
type Middleware = (next: Handler, context: { readonly commandName?: string }) => Handler;

/** Fields of the inputs of PublishBatch and SendMessage. */
interface PublishInput {
  readonly TopicArn?: string;
  readonly PublishBatchRequestEntries?: readonly { readonly Message: string }[];
  readonly QueueUrl?: string;
  readonly MessageBody?: string;
}

/** Creates a recorder for the clients of a system. */
export function createEventRecorder(): EventRecorder {
  const events: RecordedEvent[] = [];
  const pauses = new Map<Principal, { onReceived: () => void; resumed: Promise<void> }>();

  const middlewareOf =
    (principal: Principal): Middleware =>
    (next, { commandName }) =>
    async (args) => {
      const result = await next(args);
      if (commandName === 'PublishBatchCommand' || commandName === 'SendMessageCommand')
        events.push(...eventsIn(args.input));
      const pause = pauses.get(principal);
      if (pause && commandName === 'ReceiveMessageCommand' && (result.output.Messages ?? []).length > 0) {
        pause.onReceived();
        await pause.resumed;
      }
      return result;
    };

  return {
    events,
    onClient(principal, client) {
      const { middlewareStack }: Recordable = client;
      const options = { step: 'initialize', name: 'recordEvents', override: true } as const;
      middlewareStack.add(middlewareOf(principal) as never, options);
    },
    pauseConsumer(service) {
      const [received, resumed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      pauses.set(service, { onReceived: received.resolve, resumed: resumed.promise });
      return {
        received: received.promise,
        resume() {
          pauses.delete(service);
          resumed.resolve();
        },
      };
    },
  };
}

function eventsIn({ TopicArn, PublishBatchRequestEntries = [], QueueUrl, MessageBody }: PublishInput) {
  const channel = (TopicArn?.split(':') ?? QueueUrl?.split('/'))?.at(-1) as RecordedEvent['channel'];
  const bodies =
    MessageBody === undefined ? PublishBatchRequestEntries.map(({ Message }) => Message) : [MessageBody];
  return bodies.map((body) => ({ channel, event: JSON.parse(body) as RecordedEvent['event'] }));
}
