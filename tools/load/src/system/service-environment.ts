/** What a service's process needs to know; imports nothing, so that its memory is the service's own. */
import type { Tables } from './dynamodb.ts';

/** Holds a system's tables as JSON in the environment of its processes. */
export const TABLES = 'LOAD_TABLES';
/** The same for what services are told. */
export const SERVICES = 'LOAD_SERVICES';

/** How services are run as on AWS. */
export interface AsOnAws {
  readonly mains: Readonly<Record<'product' | 'cart', string>>;
  readonly queuePaths: Readonly<Record<'product' | 'cart', string>>;
  readonly tables: Readonly<Record<'product' | 'cart', string>>;
  readonly environment: Readonly<Record<string, string>>;
}

/** The tables of the system that this process is of; undefined where it stores in SQLite. */
export function tablesIn(env: NodeJS.ProcessEnv): Tables | undefined {
  const text = env[TABLES];
  return text === undefined ? undefined : (JSON.parse(text) as Tables);
}

/** The script and the environment of a service, in the form of its own configuration. */
export function serviceIn(env: NodeJS.ProcessEnv, service: 'product' | 'cart') {
  const { mains, queuePaths, tables, environment } = JSON.parse(env[SERVICES] ?? '') as AsOnAws;
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
