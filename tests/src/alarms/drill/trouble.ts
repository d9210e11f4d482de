import { setTimeout as delay } from 'node:timers/promises';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { DomainError } from '@tandem/chassis/errors';
import type { Store } from '@tandem/local/system/store';
import { until } from '../../support/until.ts';

/** What a service and its relay meet; all of it can be changed while they run. */
export interface Trouble {
  /** How the topic of the relay answers; a number is how many milliseconds each call takes. */
  topic: 'well' | 'refuses' | 'hangs' | number;
  /** Whether the service may receive from its queue. */
  mayReceive: boolean;
  /** How the table of the service answers. */
  table: 'well' | 'fails' | 'throttles' | 'slow at times';
}

export function noTrouble(): Trouble {
  return { topic: 'well', mayReceive: true, table: 'well' };
}

/** Longer than the second that is too long for a deployment. */
const SLOW_MS = 1_200;
/** Of so many reads one is slow: more than one in a hundred requests, and too few to use up the turns that there are. */
const ONE_SLOW_OF = 20;

export function troubleClient(client: SNSClient | SQSClient, trouble: Trouble): void {
  (client as SQSClient).middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        if (commandName === 'ReceiveMessageCommand' && !trouble.mayReceive) throw named('AccessDenied');
        if (commandName.startsWith('Publish')) {
          await until(
            () => trouble.topic,
            (topic) => topic !== 'hangs',
            { deadlineMs: 60_000 },
          );
          if (trouble.topic === 'refuses') throw named('ThrottledException');
          if (typeof trouble.topic === 'number') await delay(trouble.topic);
        }
        return next(args);
      },
    { step: 'initialize', name: 'trouble' },
  );
}

export function troubleStore(store: Store, trouble: Trouble): Store {
  const { driver } = store;
  let reads = 0;
  const met = async <T>(call: () => Promise<T>): Promise<T> => {
    if (trouble.table === 'fails') throw new Error('the table has a fault');
    if (trouble.table === 'throttles') {
      const cause = named('ProvisionedThroughputExceededException');
      throw new DomainError('unavailable', 'store-unavailable', 'The store does not answer', { cause });
    }
    if (trouble.table === 'slow at times' && ++reads % ONE_SLOW_OF === 0) await delay(SLOW_MS);
    return call();
  };
  return {
    ...store,
    driver: {
      ...driver,
      read: (pks, options) => met(() => driver.read(pks, options)),
      queryIndex: (query) => met(() => driver.queryIndex(query)),
      write: (puts) => (trouble.table === 'throttles' ? met(() => driver.write(puts)) : driver.write(puts)),
    },
  };
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name, $metadata: {} });
}
