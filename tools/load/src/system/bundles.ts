import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from '@tandem/bundle/bundle';
import { directTopicOf, mapServicesAsync, type ServiceName, topology } from '@tandem/contracts/topology';
import { LOCAL_AUDIENCE, LOCAL_ISSUER, localKeySet } from '@tandem/emulators/issuer';
import { queueUrl, topicArn } from '@tandem/emulators/messaging-config';
import { portVariable } from '@tandem/local/config';
import { localAws, type Tables } from './dynamodb.ts';
import type { ServiceBundle } from './main.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const AWS = 'http://$HOST:$AWS_PORT';

/** Bundles each service as a process, configured for these tables. */
export async function bundleServices(tables: Tables): Promise<Readonly<Record<ServiceName, ServiceBundle>>> {
  const jwks = encodeURIComponent(JSON.stringify(await localKeySet()));
  return mapServicesAsync(async (service) => {
    const folder = join(ROOT, '.cache/bundles', service);
    await bundle(service, folder, { runsAs: 'task' });
    return { main: join(folder, 'main.mjs'), environment: environmentFor(service, tables, jwks) };
  });
}

/** Environment of a service's process, with the variables of the system still in it, such as `$HOST`. */
export function environmentFor(service: ServiceName, tables: Tables, jwks: string): Record<string, string> {
  const { table, queues } = topology.services[service];
  const topic = directTopicOf(service);
  return {
    PORT: `$${portVariable(service)}`,
    LOG_LEVEL: 'info',
    EMF: '1',
    RATE_LIMIT: '0',
    AUTH_ISSUER: LOCAL_ISSUER,
    AUTH_AUDIENCE: LOCAL_AUDIENCE,
    AUTH_JWKS_URL: `data:application/json,${jwks}`,
    AWS_REGION: localAws.region,
    AWS_ACCESS_KEY_ID: localAws.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localAws.credentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: tables.endpoint,
    AWS_ENDPOINT_URL_SQS: AWS,
    AWS_ENDPOINT_URL_SNS: AWS,
    QUEUE_URLS: queues.map((queue) => queueUrl(AWS, queue)).join(),
    ...(table && { TABLE_NAME: tables.names[table] }),
    ...(topic && { TOPIC_ARN: topicArn(topic) }),
  };
}

/** NODE_OPTIONS of the image, which determine the memory of a service. */
export async function imageOptions(): Promise<string> {
  const text = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
  const options = /^ENV NODE_OPTIONS="(.*)"$/m.exec(text)?.[1];
  if (options === undefined) throw new Error('The Dockerfile has no NODE_OPTIONS.');
  return options;
}
