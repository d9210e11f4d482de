import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { callTimeouts, longPollTimeouts } from '@tandem/chassis/aws';
import { configOrExit } from '@tandem/chassis/config';
import { createAuthenticator } from '@tandem/chassis/http/auth';
import { runUntilStopped } from '@tandem/chassis/lifecycle';
import { limitsOf } from '@tandem/chassis/limits';
import { createLogger } from '@tandem/chassis/logger';
import { startTelemetry } from '@tandem/chassis/telemetry';
import { activeTraceparent } from '@tandem/chassis/trace';
import { createTable } from '@tandem/storage/create-table';
import { dynamoDriver } from '@tandem/storage/dynamodb';
import { createDynamoCalls } from '@tandem/storage/dynamodb-calls';
import { createProductService } from './app.ts';
import { productConfig } from './config.ts';

const config = configOrExit(productConfig, process.env);
const logger = createLogger({ name: 'product', level: config.LOG_LEVEL });
const telemetry = await startTelemetry({ service: 'product', config, log: logger });
const { metrics, tracer } = telemetry;

const service = await createProductService({
  table: createTable(dynamoDriver(createDynamoCalls(new DynamoDBClient({})), config.TABLE_NAME), {
    now: () => Date.now(),
    traceparent: activeTraceparent,
    onConflict: () => metrics.count('ConflictsRetried'),
  }),
  sns: new SNSClient({ requestHandler: callTimeouts }),
  sqs: new SQSClient({ requestHandler: longPollTimeouts }),
  topicArn: config.TOPIC_ARN,
  queueUrl: config.QUEUE_URL,
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
  readCacheMs: config.READ_CACHE_MS,
  holdSeconds: config.HOLD_SECONDS,
});
await runUntilStopped(async () => {
  const { url } = await service.start({ host: config.HOST, port: config.PORT });
  logger.info({ url }, 'started');
  return {
    async stop() {
      await service.stop();
      await telemetry.stop();
    },
  };
});
