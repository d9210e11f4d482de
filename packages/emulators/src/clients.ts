import { SNSClient, type SNSClientConfig } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { withDirectCalls } from '@tandem/chassis/messaging/direct-calls';
import type { Principal, ServiceName } from '@tandem/contracts/topology';
import { REGION } from './messaging-config.ts';

/** Hook that is called with each client before its first call. */
export type OnClient = (principal: Principal, client: SNSClient | SQSClient) => void;

export interface Clients extends Disposable {
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
}

/** Opens separate clients for a service and for its relay: on AWS each has its own IAM role. */
export function openClients(
  service: ServiceName,
  endpoint: string,
  onClient: OnClient = () => undefined,
): { readonly service: Clients; readonly relay: Clients } {
  const open = (principal: Principal) => {
    const clients = createClients(localConfig(endpoint));
    onClient(principal, clients.sns);
    onClient(principal, clients.sqs);
    return clients;
  };
  return { service: open(service), relay: open(`${service}-relay`) };
}

/** Configuration of a client of the emulator. */
export function localConfig(endpoint: string) {
  return { region: REGION, endpoint, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
}

/** Creates a client of SNS, and one of SQS whose calls go to the configured endpoint, whatever host a queue's URL has. */
export function createClients(config: SNSClientConfig): Clients {
  const sns = withDirectCalls(new SNSClient(config));
  const sqs = withDirectCalls(new SQSClient({ ...config, useQueueUrlAsEndpoint: false }));
  return {
    sns,
    sqs,
    [Symbol.dispose]() {
      sns.destroy();
      sqs.destroy();
    },
  };
}
