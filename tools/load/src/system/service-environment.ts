/** Configuration of a service's process. Imports no code, so that the process has the memory of the service alone. */
import type { Tables } from './dynamodb.ts';

/** Environment variable with the tables of the system as JSON. */
export const TABLES = 'LOAD_TABLES';
/** Environment variable with the bundled services as JSON. */
export const SERVICES = 'LOAD_SERVICES';

/** Bundles of the services as deployed to AWS, and their configuration. */
export interface BundledServices {
  readonly mains: Readonly<Record<'product' | 'cart', string>>;
  readonly queuePaths: Readonly<Record<'product' | 'cart', string>>;
  readonly tables: Readonly<Record<'product' | 'cart', string>>;
  readonly environment: Readonly<Record<string, string>>;
}

/** Tables of this process's system; undefined with SQLite. */
export function tablesIn(env: NodeJS.ProcessEnv): Tables | undefined {
  const text = env[TABLES];
  return text === undefined ? undefined : (JSON.parse(text) as Tables);
}

/** Script and environment of a service. */
export function serviceIn(env: NodeJS.ProcessEnv, service: 'product' | 'cart') {
  const { mains, queuePaths, tables, environment } = JSON.parse(env[SERVICES] ?? '') as BundledServices;
  const aws = `http://${env['HOST']}:${env['AWS_PORT']}`;
  return {
    main: mains[service],
    environment: {
      ...environment,
      PORT: String(env[service === 'product' ? 'PRODUCT_PORT' : 'CART_PORT']),
      TABLE_NAME: tables[service],
      QUEUE_URL: aws + queuePaths[service],
      AWS_ENDPOINT_URL_SQS: aws,
      AWS_ENDPOINT_URL_SNS: aws,
    },
  };
}
