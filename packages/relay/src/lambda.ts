import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { callTimeouts } from '@tandem/chassis/aws';
import { createLogger } from '@tandem/chassis/logger';
import { createPublisher } from '@tandem/chassis/messaging/publisher';
import { startTelemetry } from '@tandem/chassis/telemetry';
import { relayOf, type ServiceName } from '@tandem/contracts/topology';
import type { z } from 'zod';
import type { relayConfig } from './config.ts';
import { createHandler } from './handler.ts';
import { createParking } from './park.ts';
import { createRelay, type RelayDeps } from './relay.ts';

export interface RelayFunctionOptions {
  readonly service: ServiceName;
  readonly config: Readonly<z.output<typeof relayConfig>>;
  readonly eventsForExpiredItem: RelayDeps['eventsForExpiredItem'];
}

/** The handler of a service's relay as a Lambda function. Its metrics and spans have the service's name, as everywhere. */
export async function createRelayFunction({ service, config, eventsForExpiredItem }: RelayFunctionOptions) {
  const log = createLogger({ name: `${service}-relay`, level: config.LOG_LEVEL });
  const telemetry = await startTelemetry({ service, config, log });
  const park = createParking(new SQSClient({ requestHandler: callTimeouts }), config.PARKING_QUEUE_URL);
  const relay = createRelay({
    publish: createPublisher(new SNSClient({ requestHandler: callTimeouts }), config.TOPIC_ARN),
    park,
    eventsForExpiredItem,
    topic: relayOf(service).topic,
    metrics: telemetry.metrics,
    tracer: telemetry.tracer,
    log,
  });
  return createHandler({ relay, park, flush: () => telemetry.flush(), log });
}
