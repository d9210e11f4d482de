import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createCartService } from '@tandem/cart/app';
import { createAuthenticator } from '@tandem/chassis/http/auth';
import { createLogger } from '@tandem/chassis/logger';
import { createMetrics } from '@tandem/chassis/metrics';
import { createProductService } from '@tandem/product/app';
import { createTable } from '@tandem/storage/create-table';
import { openSqlite } from '@tandem/storage/sqlite';

/** OpenAPI documents of the services, without starting them. */
export async function openApiDocuments(): Promise<{ product: object; cart: object }> {
  const deps = {
    table: createTable(openSqlite(':memory:').driver, { now: () => Date.now() }),
    sns: new SNSClient({ region: 'none' }),
    sqs: new SQSClient({ region: 'none' }),
    topicArn: '',
    queueUrl: '',
    auth: createAuthenticator({ issuer: '', audience: '', jwks: { keys: [] } }),
    logger: createLogger({ name: 'docs', level: 'silent' }),
    metrics: createMetrics(),
  };
  const product = await createProductService({ ...deps, holdSeconds: 900 });
  const cart = await createCartService({ ...deps, ttlSeconds: { guest: 1, user: 1 } });
  return {
    product: (await product.app.inject('/openapi.json')).json<object>(),
    cart: (await cart.app.inject('/openapi.json')).json<object>(),
  };
}
