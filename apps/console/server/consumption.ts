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
import { type Call, nameOf } from './call.ts';
import type { Faults } from './faults.ts';
import { type MessageSeen, readAttributes, readMessage } from './message.ts';
import type { Report } from './note.ts';

/** How long a receive of a consumer that is paused takes. */
const PAUSED_RECEIVE_MS = 300;
/** In how many seconds a poisoned message comes again: soon, so that it is seen among the dead letters within seconds. */
const POISON_RETURNS_SECONDS = 1;
/** Messages in hand that are remembered; more are never in hand, unless their consumer lost them. */
const MAX_IN_HAND = 1_000;

interface InHand {
  readonly message: MessageSeen;
  readonly from: { readonly queue: QueueName; readonly attempt: number };
  readonly isPoison: boolean;
}

export type Deletion = Call<DeleteMessageBatchCommandInput, DeleteMessageBatchCommandOutput>;
export type Return = Call<
  ChangeMessageVisibilityBatchCommandInput,
  ChangeMessageVisibilityBatchCommandOutput
>;

export interface ConsumptionOptions {
  readonly consumer: ServiceName;
  readonly sqs: SQSClient;
  readonly faults: Faults;
  readonly report: Report;
}

/** What becomes of the messages of a consumer's queue. */
export function createConsumption({ consumer, sqs, faults, report }: ConsumptionOptions) {
  const inHand = new Map<string, InHand>();
  const isPaused = () => faults.isOn('consumerPaused', consumer);
  const nothing: ReceiveMessageCommandOutput = { $metadata: {} };

  const tell = (kind: 'received' | 'applied' | 'returned', { message: { seen, ...more }, from }: InHand) =>
    report({ kind: 'step', step: { kind, at: Date.now(), ...from, ...more, ...seen } });

  const take = (message: Message, queue: QueueName) => {
    const { Body = '', ReceiptHandle = '', Attributes, MessageAttributes } = message;
    const taken: InHand = {
      message: readMessage(Body, MessageAttributes),
      from: { queue, attempt: Number(Attributes?.ApproximateReceiveCount ?? 1) },
      isPoison: MessageAttributes?.['poison'] !== undefined,
    };
    inHand.set(ReceiptHandle, taken);
    const [oldest] = inHand.keys();
    if (inHand.size > MAX_IN_HAND && oldest !== undefined) inHand.delete(oldest);
    tell('received', taken);
  };

  /** Tells of each message that is no longer in hand. */
  const release = (
    kind: 'applied' | 'returned',
    entries: readonly { readonly Id: string | undefined; readonly ReceiptHandle: string | undefined }[] = [],
    failures: readonly { readonly Id: string | undefined }[] = [],
  ) => {
    const failed = new Set(failures.map(({ Id }) => Id));
    for (const { Id, ReceiptHandle = '' } of entries) {
      const released = inHand.get(ReceiptHandle);
      if (!released || failed.has(Id)) continue;
      inHand.delete(ReceiptHandle);
      tell(kind, released);
    }
  };

  return {
    async receive({ input, send }: Call<ReceiveMessageCommandInput, ReceiveMessageCommandOutput>) {
      if (isPaused()) {
        await faults.pause(PAUSED_RECEIVE_MS);
        return nothing;
      }
      const MessageAttributeNames = [...new Set([...(input.MessageAttributeNames ?? []), ...readAttributes])];
      const output = await send({ ...input, MessageAttributeNames });
      const { Messages = [] } = output;
      if (Messages.length > 0 && isPaused()) {
        // A receive that was waiting already when the consumer was paused.
        const Entries = Messages.map(({ ReceiptHandle }, i) => ({
          Id: String(i),
          ReceiptHandle,
          VisibilityTimeout: 0,
        }));
        await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: input.QueueUrl, Entries }));
        return nothing;
      }
      for (const message of Messages) take(message, nameOf(input.QueueUrl) as QueueName);
      return output;
    },

    async remove({ input, send }: Deletion) {
      const output = await send();
      release('applied', input.Entries, output.Failed);
      return output;
    },

    async giveBack({ input, send }: Return) {
      const Entries = input.Entries?.map((entry) =>
        inHand.get(entry.ReceiptHandle ?? '')?.isPoison
          ? { ...entry, VisibilityTimeout: POISON_RETURNS_SECONDS }
          : entry,
      );
      const output = await send({ ...input, Entries });
      release('returned', Entries, output.Failed);
      return output;
    },
  };
}
