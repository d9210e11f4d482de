import type { ServiceName } from '@tandem/contracts/topology';
import { LOCAL_AUDIENCE, LOCAL_ISSUER, localKeySet } from '@tandem/local/issuer';
import { queueUrl, topicArn } from '@tandem/local/messaging/config';
import type { Tables } from './dynamodb.ts';

/** Holds a system's tables as JSON in the environment of its processes. */
export const TABLES = 'LOAD_TABLES';

/** The tables of the system that this process is of; undefined where it stores in SQLite. */
export function tablesIn(env: NodeJS.ProcessEnv): Tables | undefined {
  const text = env[TABLES];
  return text === undefined ? undefined : (JSON.parse(text) as Tables);
}

/** What a service is told on AWS, in the form of its own `main.ts`, for a system whose processes are on this machine. */
export async function serviceEnvironment(
  service: ServiceName,
  { endpoint, names }: Tables,
  env: Readonly<Record<'HOST' | 'PRODUCT_PORT' | 'CART_PORT', string>> & { readonly AWS_ENDPOINT: string },
): Promise<Record<string, string>> {
  const queue = service === 'product' ? 'product-cart-events-queue' : 'cart-product-updates-queue';
  return {
    HOST: env.HOST,
    PORT: service === 'product' ? env.PRODUCT_PORT : env.CART_PORT,
    LOG_LEVEL: 'info',
    RATE_LIMIT: '0',
    TABLE_NAME: names[service],
    QUEUE_URL: queueUrl(env.AWS_ENDPOINT, queue),
    TOPIC_ARN: topicArn('product-events-topic'),
    AUTH_ISSUER: LOCAL_ISSUER,
    AUTH_AUDIENCE: LOCAL_AUDIENCE,
    AUTH_JWKS_URL: `data:application/json,${encodeURIComponent(JSON.stringify(await localKeySet()))}`,
    EMF: '1',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_ENDPOINT_URL_SQS: env.AWS_ENDPOINT,
    AWS_ENDPOINT_URL_SNS: env.AWS_ENDPOINT,
  };
}
