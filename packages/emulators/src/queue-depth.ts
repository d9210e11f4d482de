import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { queueUrl } from './messaging-config.ts';

/** How many messages of a queue can be received, were received and not yet deleted, and are delayed. */
export interface Depths {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** Asks a queue how deep it is. */
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

/** How many messages a queue holds: to be received, received and not yet deleted, delayed. */
export async function depthOf(sqs: SQSClient, endpoint: string, queue: string): Promise<number> {
  const { visible, inFlight, delayed } = await depthsOf(sqs, queueUrl(endpoint, queue));
  return visible + inFlight + delayed;
}
