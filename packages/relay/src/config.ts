import { serviceVariables, telemetryVariables } from '@tandem/chassis/config';
import { z } from 'zod';

/** Environment of an outbox relay that runs as a Lambda function. */
export const relayConfig = z.object({
  TOPIC_ARN: z.string().describe("ARN of the topic of the service's events"),
  PARKING_QUEUE_URL: z.url().describe('URL of the queue for events that can never be published'),
  LOG_LEVEL: serviceVariables.LOG_LEVEL,
  ...telemetryVariables,
});
