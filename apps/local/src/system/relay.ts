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

/** Starts the outbox relay of a table. Disposal leaves the store open. */
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
  const relaying = follow(store.feed, relay, { signal: stopping.signal, log: logger });
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await relaying;
    },
  };
}
