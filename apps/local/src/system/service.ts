import { createCartService } from '@tandem/cart/app';
import { createAuthenticator } from '@tandem/chassis/http/auth';
import { limitsOf } from '@tandem/chassis/limits';
import type { Logger } from '@tandem/chassis/logger';
import type { Service } from '@tandem/chassis/service';
import type { Telemetry } from '@tandem/chassis/telemetry';
import type { ServiceName } from '@tandem/contracts/topology';
import { createProductService } from '@tandem/product/app';
import type { Table } from '@tandem/storage/table';
import type { LocalConfig } from '../config.ts';
import { LOCAL_AUDIENCE, LOCAL_ISSUER, localKeySet } from '@tandem/emulators/issuer';
import { queueUrl, topicArn } from '@tandem/emulators/messaging-config';
import type { Clients } from '@tandem/emulators/clients';
import type { Forwarding } from './forwarding.ts';

export interface ServiceOptions extends Pick<Clients, 'sns' | 'sqs'>, Pick<Telemetry, 'metrics' | 'tracer'> {
  readonly service: ServiceName;
  readonly config: LocalConfig;
  /** Endpoint URL of SNS and SQS. */
  readonly endpoint: string;
  readonly table: Table;
  readonly forwarding: Forwarding;
  readonly logger: Logger;
  readonly validateResponses?: boolean;
  /** Interval of the expiry of overdue holds; default: {@link sweepMsFor}. */
  readonly sweepMs?: number;
}

const MAX_SWEEP_MS = 1_000;
const MIN_SWEEP_MS = 250;

/** Interval of the sweep: a second, or a quarter of a shorter hold, so that a hold expires soon after its time. */
export function sweepMsFor(holdSeconds: number): number {
  const quarterMs = holdSeconds * 250;
  return quarterMs > 0 ? Math.min(MAX_SWEEP_MS, Math.max(MIN_SWEEP_MS, quarterMs)) : MAX_SWEEP_MS;
}

/** Creates a service for one machine: behind the gateway, with tokens of the local issuer. */
export async function createLocalService(options: ServiceOptions): Promise<Service> {
  const { service: name, config, endpoint, forwarding, sweepMs, ...shared } = options;
  const common = {
    ...shared,
    limits: limitsOf({ ...config, PROXY_HOPS: 1 }),
    auth: createAuthenticator({
      issuer: LOCAL_ISSUER,
      audience: LOCAL_AUDIENCE,
      jwks: await localKeySet(),
    }),
  };
  const service =
    name === 'product'
      ? await createProductService({
          ...common,
          readCacheMs: config.READ_CACHE_MS,
          holdSeconds: config.HOLD_SECONDS,
          sweepMs: sweepMs ?? sweepMsFor(config.HOLD_SECONDS),
          topicArn: topicArn('product-events-topic'),
          queueUrl: queueUrl(endpoint, 'product-cart-events-queue'),
        })
      : await createCartService({
          ...common,
          queueUrl: queueUrl(endpoint, 'cart-product-updates-queue'),
          ttlSeconds: { guest: config.GUEST_CART_TTL_SECONDS, user: config.USER_CART_TTL_SECONDS },
        });
  forwarding.guard(service.app.server);
  return service;
}
