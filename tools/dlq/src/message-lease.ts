import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { callAws } from './call-aws.ts';
import { requestedAttributes } from './dead-letter.ts';

/** Lease on messages of a queue: they stay invisible to other receivers until they are deleted or released. */
export interface MessageLease {
  /** Number of leased messages. */
  readonly size: number;
  /** Receives up to ten more messages, none twice; undefined when no message is visible any more. */
  receive(atMost: number): Promise<readonly Message[] | undefined>;
  /** Deletes these messages; resolves to the ids that could not be deleted. */
  delete(messageIds: readonly string[]): Promise<readonly string[]>;
  /** Makes all leased messages visible again. Best effort: their visibility timeout does the same later. */
  release(): Promise<void>;
}

export interface MessageLeaseOptions {
  readonly sqs: SQSClient;
  readonly queue: string;
  readonly url: string;
  /** Visibility timeout: how long messages stay invisible if this process is killed. */
  readonly seconds: number;
  readonly waitSeconds: number;
}

const BATCH = 10;
const RELEASES_AT_ONCE = 8;

export function openLease({ sqs, queue, url, seconds, waitSeconds }: MessageLeaseOptions): MessageLease {
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
        MessageAttributeNames: [...requestedAttributes.MessageAttributeNames],
        MessageSystemAttributeNames: [...requestedAttributes.MessageSystemAttributeNames],
      });
      const { Messages = [] } = await callAws('sqs:ReceiveMessage', queue, sqs.send(command));
      if (Messages.length === 0) return undefined;
      // A message whose lease has expired is received again, with a new receipt handle.
      const fresh = Messages.filter(({ MessageId = '' }) => !handles.has(MessageId));
      for (const { MessageId = '', ReceiptHandle = '' } of Messages) handles.set(MessageId, ReceiptHandle);
      return fresh;
    },
    async delete(messageIds) {
      if (messageIds.length === 0) return [];
      const Entries = messageIds.map((id, i) => ({ Id: String(i), ReceiptHandle: handles.get(id) }));
      const command = new DeleteMessageBatchCommand({ QueueUrl: url, Entries });
      const { Failed = [] } = await callAws('sqs:DeleteMessage', queue, sqs.send(command));
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
