import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LOCAL_AUDIENCE, LOCAL_ISSUER, localKeySet } from '@tandem/emulators/issuer';
import { queueUrl, topicArn } from '@tandem/emulators/messaging-config';
import { bundle } from '@tandem/bundle/bundle';
import { localAws, type Tables } from './dynamodb.ts';
import type { BundledServices } from './service-environment.ts';

const ROOT = join(import.meta.dirname, '../../../..');

/** Bundles both services as for AWS, configured for these tables. */
export async function bundleServices({ endpoint, names }: Tables): Promise<BundledServices> {
  const bundled = async (service: 'product' | 'cart') => {
    const folder = join(ROOT, '.cache/bundles', service);
    await bundle(service, folder);
    return join(folder, 'main.mjs');
  };
  const pathOf = (queue: string) => new URL(queueUrl('http://any', queue)).pathname;
  return {
    mains: { product: await bundled('product'), cart: await bundled('cart') },
    queuePaths: { product: pathOf('product-cart-events-queue'), cart: pathOf('cart-product-updates-queue') },
    tables: names,
    environment: {
      LOG_LEVEL: 'info',
      EMF: '1',
      RATE_LIMIT: '0',
      TOPIC_ARN: topicArn('product-events-topic'),
      AUTH_ISSUER: LOCAL_ISSUER,
      AUTH_AUDIENCE: LOCAL_AUDIENCE,
      AUTH_JWKS_URL: `data:application/json,${encodeURIComponent(JSON.stringify(await localKeySet()))}`,
      AWS_REGION: localAws.region,
      AWS_ACCESS_KEY_ID: localAws.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: localAws.credentials.secretAccessKey,
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    },
  };
}

/** NODE_OPTIONS of the image, which determine the memory of a service. */
export async function imageOptions(): Promise<string> {
  const text = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
  const options = /^ENV NODE_OPTIONS="(.*)"$/m.exec(text)?.[1];
  if (options === undefined) throw new Error('The Dockerfile has no NODE_OPTIONS.');
  return options;
}
