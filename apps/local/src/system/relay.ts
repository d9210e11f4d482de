import { setInterval } from 'node:timers/promises';
import { eventsOfExpired } from '@tandem/cart/messaging/expired';
import type { Logger } from '@tandem/chassis/logger';
import { createPublisher } from '@tandem/chassis/messaging/publisher';
import type { Metrics } from '@tandem/chassis/metrics';
import type { Tracer } from '@tandem/chassis/trace';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import { follow } from '@tandem/relay/follow';
import { createParking } from '@tandem/relay/park';
import { createRelay, type RelayDeps } from '@tandem/relay/relay';
import { queueUrl, topicArn } from '@tandem/emulators/messaging-config';
import type { Clients } from '@tandem/emulators/clients';
import type { Store } from './store.ts';

/** How often expired items are looked for; DynamoDB's TTL takes hours where this takes a moment. */
const EXPIRY_INTERVAL_MS = 500;

/** What it means that an item of a service's table went because its time was over. */
const expired: Readonly<Record<ServiceName, RelayDeps['eventsOfExpired']>> = {
  product: () => [],
  cart: eventsOfExpired,
};

export interface RelayOptions extends Pick<Clients, 'sns' | 'sqs'> {
  readonly service: ServiceName;
  readonly store: Store;
  readonly endpoint: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracer?: Tracer | undefined;
}

/** What AWS runs beside a table: the relay of its changes, and the removal of what has expired. Leaves the store open. */
export function startRelay(options: RelayOptions): AsyncDisposable {
  const { service, store, endpoint, sns, sqs, logger, metrics, tracer } = options;
  const { topic, parkingQueue } = topology.relays[service];
  const relay = createRelay({
    publish: createPublisher(sns, topicArn(topic)),
    park: createParking(sqs, queueUrl(endpoint, parkingQueue)),
    eventsOfExpired: expired[service],
    topic,
    metrics,
    tracer,
    log: logger,
  });

  const stopping = new AbortController();
  const { signal } = stopping;
  const relaying = follow(store.feed, relay, { signal, log: logger });
  const expiring = store.removeExpired ? removeExpired(store.removeExpired, signal, logger) : undefined;
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await Promise.all([relaying, expiring]);
    },
  };
}

async function removeExpired(
  remove: (nowSeconds: number) => number,
  signal: AbortSignal,
  log: Logger,
): Promise<void> {
  try {
    for await (const _ of setInterval(EXPIRY_INTERVAL_MS, undefined, { signal })) {
      try {
        remove(Math.floor(Date.now() / 1000));
      } catch (err) {
        log.error({ err }, 'expired items not removed, trying again');
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
