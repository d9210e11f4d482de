import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { callTimeouts } from '@tandem/chassis/aws';
import { configOrExit } from '@tandem/chassis/config';
import { authenticatorOf } from '@tandem/chassis/http/auth-config';
import { limitsOf } from '@tandem/chassis/limits';
import { createLogger } from '@tandem/chassis/logger';
import { withDirectCalls } from '@tandem/chassis/messaging/direct-calls';
import { startTelemetry } from '@tandem/chassis/telemetry';
import { topology } from '@tandem/contracts/topology';
import { openDynamoTable } from '@tandem/storage/open-dynamodb';
import { environmentOf, type ServiceDefinition } from './define-service.ts';
import { urlsByName } from './queue-urls.ts';

/**
 * Creates a service with the configuration of the environment and its table in DynamoDB, for a task or a function; it is not
 * started. An invalid environment exits the process with code 1 and prints a line for each fault.
 */
export async function openService(
  definition: ServiceDefinition,
  env: Readonly<Record<string, string | undefined>>,
  { sqsTimeouts }: { readonly sqsTimeouts: typeof callTimeouts },
) {
  const { name } = definition;
  const config = configOrExit(environmentOf(definition), env);
  const logger = createLogger({ name, level: config.LOG_LEVEL });
  const telemetry = await startTelemetry({ service: name, config, log: logger });
  const { metrics, tracer } = telemetry;
  const auth = authenticatorOf(config, logger);
  const service = await definition.create(
    {
      sqs: withDirectCalls(new SQSClient({ requestHandler: sqsTimeouts })),
      sns: withDirectCalls(new SNSClient({ requestHandler: callTimeouts })),
      queueUrls: urlsByName(topology.services[name].queues, config.QUEUE_URLS ?? []),
      table: config.TABLE_NAME === undefined ? undefined : openDynamoTable(config.TABLE_NAME, metrics),
      topicArn: config.TOPIC_ARN,
      auth,
      logger,
      metrics,
      tracer,
      limits: limitsOf(config),
      corsOrigins: config.CORS_ORIGINS,
      receivePauseMs: config.RECEIVE_PAUSE_MS,
    },
    config,
  );
  return { service, config, logger, telemetry, auth };
}
