import {
  ChangeMessageVisibilityBatchCommand,
  type ChangeMessageVisibilityBatchCommandInput,
  type ChangeMessageVisibilityBatchCommandOutput,
  type DeleteMessageBatchCommandInput,
  type DeleteMessageBatchCommandOutput,
  type Message,
  type ReceiveMessageCommandInput,
  type ReceiveMessageCommandOutput,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { QueueName, ServiceName } from '@tandem/contracts/topology';
import { type AwsCall, resourceName } from './aws-call.ts';
import type { Faults } from './faults.ts';
import { readMessage, type MessageSummary, summaryAttributes } from './message.ts';
import type { SpanLinks } from './span-links.ts';
import type { Report } from './telemetry-message.ts';

/** Duration of a receive call of a paused consumer. */
const PAUSED_RECEIVE_MS = 300;
/** Visibility timeout of a poison message: short, so that it reaches the dead-letter queue within seconds. */
const POISON_VISIBILITY_SECONDS = 1;
/** Maximum of tracked messages in flight; only exceeded if a consumer loses messages. */
const MAX_IN_FLIGHT = 1_000;

interface InFlightMessage {
  readonly message: MessageSummary;
  readonly source: { readonly queue: QueueName; readonly attempt: number };
  readonly isPoison: boolean;
}

type Deletion = AwsCall<DeleteMessageBatchCommandInput, DeleteMessageBatchCommandOutput>;
type VisibilityChange = AwsCall<
  ChangeMessageVisibilityBatchCommandInput,
  ChangeMessageVisibilityBatchCommandOutput
>;

export interface ConsumeInterceptorsOptions {
  readonly consumer: ServiceName;
  readonly sqs: SQSClient;
  readonly faults: Faults;
  readonly report: Report;
  readonly links: Pick<SpanLinks, 'processingOf'>;
}

/** Intercepts the SQS commands of a consumer: reports received, applied and returned messages, and injects its faults. */
export function createConsumeInterceptors({
  consumer,
  sqs,
  faults,
  report,
  links,
}: ConsumeInterceptorsOptions) {
  const inFlight = new Map<string, InFlightMessage>();
  const isPaused = () => faults.isOn('consumerPaused', consumer);
  const emptyOutput: ReceiveMessageCommandOutput = { $metadata: {} };

  const reportStep = (
    kind: 'received' | 'applied' | 'returned',
    { message: { event, spanId: sentIn, ...timing }, source }: InFlightMessage,
  ) => {
    const spanId = sentIn && kind !== 'received' ? links.processingOf(source.queue, sentIn) : undefined;
    const step = { kind, at: Date.now(), ...source, ...timing, ...(spanId && { spanId }), ...event };
    report({ kind: 'step', step });
  };

  const track = (message: Message, queue: QueueName) => {
    const { Body = '', ReceiptHandle = '', Attributes, MessageAttributes } = message;
    const received: InFlightMessage = {
      message: readMessage(Body, MessageAttributes),
      source: { queue, attempt: Number(Attributes?.ApproximateReceiveCount ?? 1) },
      isPoison: MessageAttributes?.['poison'] !== undefined,
    };
    inFlight.set(ReceiptHandle, received);
    const [oldest] = inFlight.keys();
    if (inFlight.size > MAX_IN_FLIGHT && oldest !== undefined) inFlight.delete(oldest);
    reportStep('received', received);
  };

  /** Stops tracking messages, and reports each. */
  const release = (
    kind: 'applied' | 'returned',
    entries: readonly { readonly Id: string | undefined; readonly ReceiptHandle: string | undefined }[] = [],
    failures: readonly { readonly Id: string | undefined }[] = [],
  ) => {
    const failed = new Set(failures.map(({ Id }) => Id));
    for (const { Id, ReceiptHandle = '' } of entries) {
      const released = inFlight.get(ReceiptHandle);
      if (!released || failed.has(Id)) continue;
      inFlight.delete(ReceiptHandle);
      reportStep(kind, released);
    }
  };

  return {
    async ReceiveMessageCommand({
      input,
      send,
    }: AwsCall<ReceiveMessageCommandInput, ReceiveMessageCommandOutput>) {
      if (isPaused()) {
        await faults.pause(PAUSED_RECEIVE_MS);
        return emptyOutput;
      }
      const names = new Set([...(input.MessageAttributeNames ?? []), ...summaryAttributes]);
      const output = await send({ ...input, MessageAttributeNames: [...names] });
      const { Messages = [] } = output;
      if (Messages.length > 0 && isPaused()) {
        // The receive call was in progress when the consumer was paused.
        const Entries = Messages.map(({ ReceiptHandle }, i) => ({
          Id: `${i}`,
          ReceiptHandle,
          VisibilityTimeout: 0,
        }));
        await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: input.QueueUrl, Entries }));
        return emptyOutput;
      }
      for (const message of Messages) track(message, resourceName(input.QueueUrl) as QueueName);
      return output;
    },

    async DeleteMessageBatchCommand({ input, send }: Deletion) {
      const output = await send();
      release('applied', input.Entries, output.Failed);
      return output;
    },

    async ChangeMessageVisibilityBatchCommand({ input, send }: VisibilityChange) {
      const Entries = input.Entries?.map((entry) =>
        inFlight.get(entry.ReceiptHandle ?? '')?.isPoison
          ? { ...entry, VisibilityTimeout: POISON_VISIBILITY_SECONDS }
          : entry,
      );
      const output = await send({ ...input, Entries });
      release('returned', Entries, output.Failed);
      return output;
    },
  };
}
