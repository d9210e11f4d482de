import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
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
  return {
    service: clientsOf(service, endpoint, onClient),
    relay: clientsOf(`${service}-relay`, endpoint, onClient),
  };
}

function clientsOf(principal: Principal, endpoint: string, onClient: OnClient): Clients {
  const config = {
    region: REGION,
    endpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const [sns, sqs] = [new SNSClient(config), new SQSClient(config)];
  onClient(principal, sns);
  onClient(principal, sqs);
  return {
    sns,
    sqs,
    [Symbol.dispose]() {
      sns.destroy();
      sqs.destroy();
    },
  };
}
