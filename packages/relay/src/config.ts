import { serviceVariables, telemetryVariables } from '@tandem/chassis/config';
import { z } from 'zod';

/** The environment of a relay that runs as a Lambda function. */
export const relayConfig = z.object({
  TOPIC_ARN: z.string().describe("The topic of the service's events"),
  PARKING_QUEUE_URL: z.url().describe('The queue that keeps what can never be published'),
  LOG_LEVEL: serviceVariables.LOG_LEVEL,
  ...telemetryVariables,
});
