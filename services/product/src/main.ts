import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { callTimeouts, longPollTimeouts } from '@tandem/chassis/aws';
import { configOrExit } from '@tandem/chassis/config';
import { createAuthenticator } from '@tandem/chassis/http/auth';
import { runUntilStopped } from '@tandem/chassis/lifecycle';
import { limitsOf } from '@tandem/chassis/limits';
import { createLogger } from '@tandem/chassis/logger';
import { createMetrics } from '@tandem/chassis/metrics';
import { currentTraceparent } from '@tandem/chassis/trace';
import { createTable } from '@tandem/storage/create-table';
import { dynamoDriver } from '@tandem/storage/dynamodb';
import { createProductService } from './app.ts';
import { productConfig } from './config.ts';

const config = configOrExit(productConfig, process.env);
const logger = createLogger({ name: 'product', level: config.LOG_LEVEL });
const metrics = createMetrics();

const service = await createProductService({
  table: createTable(dynamoDriver(new DynamoDBClient({ requestHandler: callTimeouts }), config.TABLE_NAME), {
    now: () => Date.now(),
    traceparent: currentTraceparent,
    onConflict: () => metrics.count('conflicts_retried'),
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
  limits: limitsOf(config),
});
await runUntilStopped(async () => {
  const { url } = await service.start({ host: config.HOST, port: config.PORT });
  logger.info({ url }, 'started');
  return service;
});
