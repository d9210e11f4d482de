import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { callTimeouts, longPollTimeouts } from '@tandem/chassis/aws';
import { configOrExit } from '@tandem/chassis/config';
import { createAuthenticator } from '@tandem/chassis/http/auth';
import { runUntilStopped } from '@tandem/chassis/lifecycle';
import { limitsOf } from '@tandem/chassis/limits';
import { createLogger } from '@tandem/chassis/logger';
import { startTelemetry } from '@tandem/chassis/telemetry';
import { topology } from '@tandem/contracts/topology';
import { openDynamoTable } from '@tandem/storage/open-dynamodb';
import { environmentOf, type ServiceDefinition } from './define-service.ts';
import { urlsByName } from './queue-urls.ts';

/**
 * Runs a service with the configuration of the environment and its table in DynamoDB, until SIGTERM or SIGINT; then exits
 * the process. An invalid environment exits the process with code 1 and prints a line for each fault.
 */
export async function runService(
  service: ServiceDefinition,
  env: Readonly<Record<string, string | undefined>>,
): Promise<never> {
  const { name } = service;
  const config = configOrExit(environmentOf(service), env);
  const logger = createLogger({ name, level: config.LOG_LEVEL });
  const telemetry = await startTelemetry({ service: name, config, log: logger });
  const { metrics, tracer } = telemetry;
  const runningService = await service.create(
    {
      sqs: new SQSClient({ requestHandler: longPollTimeouts }),
      sns: new SNSClient({ requestHandler: callTimeouts }),
      queueUrls: urlsByName(topology.services[name].queues, config.QUEUE_URLS ?? []),
      table: config.TABLE_NAME === undefined ? undefined : openDynamoTable(config.TABLE_NAME, metrics),
      topicArn: config.TOPIC_ARN,
      auth: createAuthenticator({
        issuer: config.AUTH_ISSUER,
        audience: config.AUTH_AUDIENCE,
        jwks: new URL(config.AUTH_JWKS_URL),
      }),
      logger,
      metrics,
      tracer,
      limits: limitsOf(config),
      receivePauseMs: config.RECEIVE_PAUSE_MS,
    },
    config,
  );
  return runUntilStopped(async () => {
    const { url } = await runningService.start({ host: config.HOST, port: config.PORT });
    logger.info({ url }, 'started');
    return {
      async stop() {
        await runningService.stop();
        await telemetry.stop();
      },
    };
  });
}
