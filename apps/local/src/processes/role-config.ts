import { integer } from '@tandem/chassis/config';
import { type ServiceName, serviceNames, titleOf } from '@tandem/contracts/topology';
import { z } from 'zod';
import { localConfig, variablePrefix } from '../config.ts';
import type { Urls } from '../system/gateway.ts';

const urls = z
  .string()
  .transform((list) => list.split(','))
  .pipe(z.tuple([z.url()], z.url()))
  .optional();

/** The environment variable with the base URLs of the instances of a service: `PRODUCT_URLS`. */
export function urlsVariable(service: ServiceName): `${Uppercase<ServiceName>}_URLS` {
  return `${variablePrefix(service)}_URLS`;
}

/** Environment variables of one process: all ports are assigned. */
export const roleConfig = localConfig.extend({
  GATEWAY_KEY: z.string().describe('Key by which the services recognise the gateway'),
  ...(Object.fromEntries(
    serviceNames.map((service) => [
      urlsVariable(service),
      urls.describe(`Base URLs of the instances of ${titleOf(service)}`),
    ]),
  ) as Record<ReturnType<typeof urlsVariable>, typeof urls>),
  DRAIN_MS: integer(0, 10_000).describe(
    'How long a stopping process is not ready, but still accepts requests',
  ),
});

export type RoleConfig = z.output<typeof roleConfig>;

/** Base URLs of the instances of a service. Throws a TypeError for a service that does not run. */
export function urlsOf(
  service: ServiceName,
  config: Pick<RoleConfig, ReturnType<typeof urlsVariable>>,
): Urls {
  const found = config[urlsVariable(service)];
  if (!found) throw new TypeError(`${urlsVariable(service)} is not set`);
  return found;
}
