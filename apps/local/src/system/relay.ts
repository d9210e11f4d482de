import { setInterval } from 'node:timers/promises';
import type { Logger } from '@tandem/chassis/logger';
import { createPublisher } from '@tandem/chassis/messaging/publisher';
import type { Metrics } from '@tandem/chassis/metrics';
import type { Tracer } from '@tandem/chassis/trace';
import type { RelaySpec } from '@tandem/contracts/topology';
import { follow } from '@tandem/relay/follow';
import { createParking } from '@tandem/relay/park';
import { createRelay, type RelayDeps } from '@tandem/relay/relay';
import { queueUrl, topicArn } from '@tandem/emulators/messaging-config';
import type { Clients } from '@tandem/emulators/clients';
import type { Store } from './store.ts';

/** Interval of TTL deletion of expired items. DynamoDB may take hours. */
const EXPIRY_INTERVAL_MS = 500;

export interface RelayOptions
  extends
    Pick<Clients, 'sns' | 'sqs'>,
    Pick<RelaySpec, 'topic' | 'parkingQueue'>,
    Pick<RelayDeps, 'eventsForExpiredItem'> {
  readonly store: Store;
  readonly endpoint: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracer?: Tracer | undefined;
}

/** Starts the outbox relay of a table, and the TTL deletion of its expired items. Disposal leaves the store open. */
export function startRelay(options: RelayOptions): AsyncDisposable {
  const { topic, parkingQueue, store, endpoint, sns, sqs, logger, metrics, tracer } = options;
  const relay = createRelay({
    publish: createPublisher(sns, topicArn(topic)),
    park: createParking(sqs, queueUrl(endpoint, parkingQueue)),
    eventsForExpiredItem: options.eventsForExpiredItem,
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
        log.error({ err }, 'removing expired items failed, will retry');
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
