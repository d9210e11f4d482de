import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { queueUrl } from './messaging-config.ts';

/** Approximate number of messages in a queue that are visible, in flight and delayed. */
export interface Depths {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** Fetches the depths of a queue. */
export async function depthsOf(
  sqs: SQSClient,
  url: string,
  options: { readonly abortSignal?: AbortSignal } = {},
): Promise<Depths> {
  const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
  const { Attributes = {} } = await sqs.send(command, options);
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
  };
}

/** Total number of messages in a queue: visible, in flight and delayed. */
export async function depthOf(sqs: SQSClient, endpoint: string, queue: string): Promise<number> {
  const { visible, inFlight, delayed } = await depthsOf(sqs, queueUrl(endpoint, queue));
  return visible + inFlight + delayed;
}
