import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { longPollTimeouts } from '@tandem/chassis/aws';
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
import { createCartService } from './app.ts';
import { cartConfig } from './config.ts';

const config = configOrExit(cartConfig, process.env);
const logger = createLogger({ name: 'cart', level: config.LOG_LEVEL });
const telemetry = await startTelemetry({ service: 'cart', config, log: logger });
const { metrics, tracer } = telemetry;

const service = await createCartService({
  table: createTable(dynamoDriver(createDynamoCalls(new DynamoDBClient({})), config.TABLE_NAME), {
    now: () => Date.now(),
    traceparent: activeTraceparent,
    onConflict: () => metrics.count('ConflictsRetried'),
  }),
  sqs: new SQSClient({ requestHandler: longPollTimeouts }),
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
  ttlSeconds: { guest: config.GUEST_CART_TTL_SECONDS, user: config.USER_CART_TTL_SECONDS },
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
