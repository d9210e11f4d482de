import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { ask } from './ask.ts';
import { wantedAttributes } from './letter.ts';

/** Messages of a queue that are invisible to others until they are deleted or released. */
export interface Hold {
  /** How many are held. */
  readonly size: number;
  /** Up to ten more, none twice; undefined when nothing is visible any more. */
  receive(atMost: number): Promise<readonly Message[] | undefined>;
  /** Deletes what is held of these; resolves to those that could not be. */
  delete(messageIds: readonly string[]): Promise<readonly string[]>;
  /** Makes all of them visible again, at once. Best effort: their visibility timeout does the same later. */
  release(): Promise<void>;
}

export interface HoldOptions {
  readonly sqs: SQSClient;
  readonly queue: string;
  readonly url: string;
  /** How long a message that nobody releases stays invisible: when this process is killed. */
  readonly seconds: number;
  readonly waitSeconds: number;
}

const BATCH = 10;
const RELEASES_AT_ONCE = 8;

export function openHold({ sqs, queue, url, seconds, waitSeconds }: HoldOptions): Hold {
  const handles = new Map<string, string>();
  return {
    get size() {
      return handles.size;
    },
    async receive(atMost) {
      const command = new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: Math.min(atMost, BATCH),
        VisibilityTimeout: seconds,
        WaitTimeSeconds: waitSeconds,
        MessageAttributeNames: [...wantedAttributes.MessageAttributeNames],
        MessageSystemAttributeNames: [...wantedAttributes.MessageSystemAttributeNames],
      });
      const { Messages = [] } = await ask('sqs:ReceiveMessage', queue, sqs.send(command));
      if (Messages.length === 0) return undefined;
      // One that has been held for too long comes again, with another handle.
      const fresh = Messages.filter(({ MessageId = '' }) => !handles.has(MessageId));
      for (const { MessageId = '', ReceiptHandle = '' } of Messages) handles.set(MessageId, ReceiptHandle);
      return fresh;
    },
    async delete(messageIds) {
      if (messageIds.length === 0) return [];
      const Entries = messageIds.map((id, i) => ({ Id: String(i), ReceiptHandle: handles.get(id) }));
      const command = new DeleteMessageBatchCommand({ QueueUrl: url, Entries });
      const { Failed = [] } = await ask('sqs:DeleteMessage', queue, sqs.send(command));
      const failed = new Set(Failed.map(({ Id }) => messageIds[Number(Id)]));
      for (const id of messageIds) if (!failed.has(id)) handles.delete(id);
      return messageIds.filter((id) => failed.has(id));
    },
    async release() {
      const all = [...handles.values()];
      handles.clear();
      const entries = all.map((ReceiptHandle, i) => ({ Id: String(i), ReceiptHandle, VisibilityTimeout: 0 }));
      const batches = Array.from({ length: Math.ceil(entries.length / BATCH) }, (_, i) =>
        entries.slice(i * BATCH, (i + 1) * BATCH),
      );
      const next = batches.values();
      const worker = async () => {
        for (const Entries of next) {
          const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries });
          await sqs.send(command).catch(() => undefined);
        }
      };
      await Promise.all(Array.from({ length: RELEASES_AT_ONCE }, worker));
    },
  };
}
