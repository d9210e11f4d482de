import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { callTimeouts } from '@tandem/chassis/aws';
import { configOrExit } from '@tandem/chassis/config';
import { createLogger } from '@tandem/chassis/logger';
import { withDirectCalls } from '@tandem/chassis/messaging/direct-calls';
import { createPublisher } from '@tandem/chassis/messaging/publisher';
import { startTelemetry } from '@tandem/chassis/telemetry';
import { relayOf, type ServiceName } from '@tandem/contracts/topology';
import { relayConfig } from './config.ts';
import { createHandler } from './handler.ts';
import { createParking } from './park.ts';
import { createRelay, type RelayDeps } from './relay.ts';

/**
 * Creates the Lambda handler of a service's outbox relay, configured by the environment. Its metrics and spans have the
 * service's name. An invalid environment exits the process with code 1.
 */
export async function createRelayFunction(
  service: ServiceName,
  env: Readonly<Record<string, string | undefined>>,
  { eventsForExpiredItem = () => [] }: Partial<Pick<RelayDeps, 'eventsForExpiredItem'>> = {},
) {
  const config = configOrExit(relayConfig, env);
  const log = createLogger({ name: `${service}-relay`, level: config.LOG_LEVEL });
  const telemetry = await startTelemetry({ service, config, log });
  const park = createParking(new SQSClient({ requestHandler: callTimeouts }), config.PARKING_QUEUE_URL);
  const relay = createRelay({
    publish: createPublisher(
      withDirectCalls(new SNSClient({ requestHandler: callTimeouts })),
      config.TOPIC_ARN,
    ),
    park,
    eventsForExpiredItem,
    topic: relayOf(service).topic,
    metrics: telemetry.metrics,
    tracer: telemetry.tracer,
    log,
  });
  return createHandler({ relay, park, flush: () => telemetry.flush(), log });
}
