import type { ServiceName } from '@tandem/contracts/topology';
import { committedAt } from '@tandem/contracts/committed-at';
import type { Store } from '@tandem/local/system/store';

/** Relay lag of a change: from its decision until it was published, in milliseconds. */
export interface RelayLag {
  readonly relayLag: ServiceName;
  readonly ms: number;
}

export function isRelayLag(message: unknown): message is RelayLag {
  return typeof message === 'object' && message !== null && 'relayLag' in message;
}

/** Wraps a store to report the lag of its relay: that of the last change of each published batch. */
export function withRelayLag(store: Store, service: ServiceName, onLag: (lag: RelayLag) => void): Store {
  const { feed } = store;
  return {
    ...store,
    feed: {
      read: (limit, signal) => feed.read(limit, signal),
      async checkpoint(change) {
        await feed.checkpoint(change);
        const [event] = change.after?.events ?? [];
        const decidedAt = event && committedAt(event);
        if (decidedAt !== undefined) onLag({ relayLag: service, ms: Date.now() - decidedAt });
      },
    },
  };
}
