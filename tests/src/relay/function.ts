import { relayOf, type ServiceName } from '@tandem/contracts/topology';
import { queueUrl, topicArn } from '@tandem/emulators/messaging-config';
import type { StreamBatchResponse } from '@tandem/relay/handler';
import { type BundledFunction, startBundledFunction } from '../functions/bundled-function.ts';

/** Bundled relay in a separate process. */
export interface RelayFunction extends AsyncDisposable, Pick<BundledFunction, 'printedLines'> {
  /** Resolves to the response of the handler, and rejects with its error. */
  invoke(records: readonly object[]): Promise<StreamBatchResponse>;
}

/** Bundles and starts the relay of a service. */
export async function startFunction(
  service: ServiceName,
  endpoint: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<RelayFunction> {
  const { topic, parkingQueue } = relayOf(service);
  const { invoke, ...running } = await startBundledFunction(`${service}-relay`, endpoint, {
    TOPIC_ARN: topicArn(topic),
    PARKING_QUEUE_URL: queueUrl(endpoint, parkingQueue),
    ...environment,
  });
  return { ...running, invoke: (records) => invoke('handler', { Records: records }) };
}
