import type { ServiceName } from '@tandem/contracts/topology';
import { committedAt } from '@tandem/contracts/committed-at';
import type { Store } from '@tandem/local/system/store';

/** How long a change waited for its relay, in milliseconds: from its decision until it was published. */
export interface RelayLag {
  readonly relayLag: ServiceName;
  readonly ms: number;
}

export function isRelayLag(message: unknown): message is RelayLag {
  return typeof message === 'object' && message !== null && 'relayLag' in message;
}

/** A store whose relay's lag is told with each batch that it has published: that of the batch's last change. */
export function watched(store: Store, service: ServiceName, tell: (lag: RelayLag) => void): Store {
  const { feed } = store;
  return {
    ...store,
    feed: {
      read: (limit, signal) => feed.read(limit, signal),
      async checkpoint(change) {
        await feed.checkpoint(change);
        const [event] = change.after?.events ?? [];
        const decidedAt = event && committedAt(event);
        if (decidedAt !== undefined) tell({ relayLag: service, ms: Date.now() - decidedAt });
      },
    },
  };
}
