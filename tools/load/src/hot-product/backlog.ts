import { setTimeout as delay } from 'node:timers/promises';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

const MAX_MESSAGES = 10;
/** Time from a request of SQS to its response, in milliseconds. */
const CALL_MS = 10;

/**
 * A queue in memory with a backlog, as the client of a consumer. `whenEmpty` resolves once all messages are deleted. A message
 * that is returned is redelivered at once.
 */
export function openBacklog(bodies: readonly string[]) {
  const visible = bodies.map((Body, i): Message => ({
    MessageId: String(i),
    ReceiptHandle: String(i),
    Body,
  }));
  const inFlight = new Map<string, Message>();
  const { promise: whenEmpty, resolve: empty } = Promise.withResolvers<void>();
  let receives = 0;

  const send = async (command: unknown, { abortSignal }: { readonly abortSignal?: AbortSignal } = {}) => {
    await delay(CALL_MS);
    if (command instanceof ReceiveMessageCommand) {
      receives += 1;
      const Messages = visible.splice(0, Math.min(MAX_MESSAGES, command.input.MaxNumberOfMessages ?? 1));
      for (const message of Messages) inFlight.set(message.ReceiptHandle ?? '', message);
      const waitMs = (command.input.WaitTimeSeconds ?? 0) * 1_000;
      if (Messages.length === 0 && waitMs > 0)
        await delay(waitMs, undefined, { ...(abortSignal && { signal: abortSignal }), ref: false });
      return { Messages };
    }
    if (command instanceof DeleteMessageBatchCommand) {
      for (const { ReceiptHandle = '' } of command.input.Entries ?? []) inFlight.delete(ReceiptHandle);
      if (visible.length + inFlight.size === 0) empty();
      return { Successful: command.input.Entries, Failed: [] };
    }
    if (command instanceof ChangeMessageVisibilityBatchCommand) {
      for (const { ReceiptHandle = '' } of command.input.Entries ?? []) {
        const message = inFlight.get(ReceiptHandle);
        inFlight.delete(ReceiptHandle);
        if (message) visible.push(message);
      }
      return {};
    }
    throw new Error('The fake queue does not support this command');
  };
  return { sqs: { send } as unknown as SQSClient, whenEmpty, receives: () => receives };
}
