import { setTimeout as delay } from 'node:timers/promises';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { DomainError } from '@tandem/chassis/errors';
import type { Store } from '@tandem/local/system/store';

/** Injected faults of a service and its relay; mutable while they run. */
export interface InjectedFaults {
  /** Behaviour of the relay's topic. */
  topic: 'ok' | 'rejects';
  /** Whether the service may receive from its queue. */
  mayReceive: boolean;
  /** Behaviour of the service's table. */
  table: 'ok' | 'fails' | 'throttles' | 'sometimes slow';
}

export function noFaults(): InjectedFaults {
  return { topic: 'ok', mayReceive: true, table: 'ok' };
}

/** Longer than the half second from which a request is slow. */
const SLOW_MS = 600;
/** Every eighth read is slow: more than 5 % of requests, but too few to exhaust the concurrency limit. */
const SLOW_READ_INTERVAL = 8;

export function injectClientFaults(client: SNSClient | SQSClient, faults: InjectedFaults): void {
  (client as SQSClient).middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        if (commandName === 'ReceiveMessageCommand' && !faults.mayReceive) throw named('AccessDenied');
        if (commandName.startsWith('Publish') && faults.topic === 'rejects')
          throw named('ThrottledException');
        return next(args);
      },
    { step: 'initialize', name: 'injectFaults' },
  );
}

export function injectStoreFaults(store: Store, faults: InjectedFaults): Store {
  const { driver } = store;
  let reads = 0;
  const withFaults = async <T>(call: () => Promise<T>): Promise<T> => {
    if (faults.table === 'fails') throw new Error('injected fault of the table');
    if (faults.table === 'throttles') {
      const cause = named('ProvisionedThroughputExceededException');
      throw new DomainError('unavailable', 'store-unavailable', 'The store does not answer', { cause });
    }
    if (faults.table === 'sometimes slow' && ++reads % SLOW_READ_INTERVAL === 0) await delay(SLOW_MS);
    return call();
  };
  return {
    ...store,
    driver: {
      ...driver,
      read: (pks, options) => withFaults(() => driver.read(pks, options)),
      queryIndex: (query) => withFaults(() => driver.queryIndex(query)),
      write: (puts) =>
        faults.table === 'throttles' ? withFaults(() => driver.write(puts)) : driver.write(puts),
    },
  };
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name, $metadata: {} });
}
