import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { readConfig } from '@tandem/chassis/config';
import { createAuthenticator } from '@tandem/chassis/http/auth';
import { createLogger } from '@tandem/chassis/logger';
import { createMetrics } from '@tandem/chassis/metrics';
import { type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
import { services } from '@tandem/local/services';
import { createTable } from '@tandem/storage/create-table';
import { openSqlite } from '@tandem/storage/sqlite';
import { z } from 'zod';

/** Services with an API. */
export const documented = serviceNames.filter((service) => topology.services[service].paths.length > 0);

/** OpenAPI document of a service, which is not started for it. */
export async function openApiDocument(name: ServiceName): Promise<object> {
  const { create, variables } = services[name];
  const { app } = await create(
    {
      table: createTable(openSqlite(':memory:').driver, { now: () => Date.now() }),
      sns: new SNSClient({ region: 'none' }),
      sqs: new SQSClient({ region: 'none' }),
      topicArn: '',
      queueUrls: {},
      auth: createAuthenticator({ issuer: '', audience: '', jwks: { keys: [] } }),
      logger: createLogger({ name: 'docs', level: 'silent' }),
      metrics: createMetrics(),
      tracer: undefined,
    },
    readConfig(z.object(variables), {}),
  );
  return (await app.inject('/openapi.json')).json<object>();
}
