import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { chunksOf, inParallel } from '@tandem/cli/batches';
import { callAws } from './call-aws.ts';
import { requestedAttributes } from './dead-letter.ts';

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

/** Opens a lease on messages of a queue: they stay invisible to other receivers until they are deleted or released. */
export function openLease({ sqs, queue, url, seconds, waitSeconds }: MessageLeaseOptions) {
  const handles = new Map<string, string>();
  return {
    /** Number of leased messages. */
    get size() {
      return handles.size;
    },
    /** Receives up to ten more messages, none twice; undefined when no message is visible any more. */
    async receive(atMost: number): Promise<readonly Message[] | undefined> {
      const command = new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: Math.min(atMost, BATCH),
        VisibilityTimeout: seconds,
        WaitTimeSeconds: waitSeconds,
        ...requestedAttributes,
      });
      const { Messages = [] } = await callAws('sqs:ReceiveMessage', queue, sqs.send(command));
      if (Messages.length === 0) return undefined;
      // A message whose lease has expired is received again, with a new receipt handle.
      const fresh = Messages.filter(({ MessageId = '' }) => !handles.has(MessageId));
      for (const { MessageId = '', ReceiptHandle = '' } of Messages) handles.set(MessageId, ReceiptHandle);
      return fresh;
    },
    /** Deletes these messages; resolves to the ids that could not be deleted. */
    async delete(messageIds: readonly string[]): Promise<readonly string[]> {
      if (messageIds.length === 0) return [];
      const Entries = messageIds.map((id, i) => ({ Id: String(i), ReceiptHandle: handles.get(id) }));
      const command = new DeleteMessageBatchCommand({ QueueUrl: url, Entries });
      const { Failed = [] } = await callAws('sqs:DeleteMessage', queue, sqs.send(command));
      const failed = new Set(Failed.map(({ Id }) => messageIds[Number(Id)]));
      for (const id of messageIds) if (!failed.has(id)) handles.delete(id);
      return messageIds.filter((id) => failed.has(id));
    },
    /** Makes all leased messages visible again. Best effort: their visibility timeout does the same later. */
    async release(): Promise<void> {
      const batches = chunksOf([...handles.values()], BATCH);
      handles.clear();
      await inParallel(batches, RELEASES_AT_ONCE, async (batch) => {
        const Entries = batch.map((ReceiptHandle, i) => ({
          Id: String(i),
          ReceiptHandle,
          VisibilityTimeout: 0,
        }));
        const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries });
        await sqs.send(command).catch(() => undefined);
      });
    },
  };
}

export type MessageLease = ReturnType<typeof openLease>;
