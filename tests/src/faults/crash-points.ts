import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { publishers, serviceNames, topology } from '@tandem/contracts/topology';
import type { Role } from '@tandem/local/processes/role-names';
import type { Store } from '@tandem/local/system/store';
import { BY_HOLD_EXPIRY } from '@tandem/product/store/entity-types';
import type { Put } from '@tandem/storage/driver';

/** Name of a crash point. */
export type CrashPoint =
  | 'after commit, before publish'
  | 'after publish, before checkpoint'
  | 'after receive, before apply'
  | 'after apply, before delete'
  | 'mid-snapshot'
  | 'during the sweep'
  | 'mid-transaction';

const relays = publishers.map(([service]) => `${service}-relay` as const);
const consumers = serviceNames.filter((service) => topology.services[service].queues.length > 0);

/** Crash points: named steps at which a process can be killed, with the roles that pass them. */
export const crashPoints: Readonly<Record<CrashPoint, readonly Role[]>> = {
  /** A relay has read committed changes, and published none of them. */
  'after commit, before publish': relays,
  /** It has published them, and not saved its checkpoint. */
  'after publish, before checkpoint': relays,
  /** A consumer has received messages, and applied none. */
  'after receive, before apply': consumers,
  /** It has applied them, and they are still in the queue. */
  'after apply, before delete': consumers,
  /** Product has published a page of a snapshot, and not requested the next one. */
  'mid-snapshot': ['product'],
  /** Product has found overdue holds, and expired none of them. */
  'during the sweep': ['product'],
  /** One item of a transaction is written, and the next one is not. */
  'mid-transaction': ['product', 'cart', 'analytics'],
};

/** Kills this process with SIGKILL the next time that it passes the armed crash point. */
export function createCrash() {
  let armed: CrashPoint | undefined;
  const pass = (point: CrashPoint) => {
    if (point === armed) process.kill(process.pid, 'SIGKILL');
  };

  return {
    arm: (point: CrashPoint | undefined) => void (armed = point),

    onClient(client: SNSClient | SQSClient): void {
      // The middleware stacks of both clients are compatible, although their types are not.
      (client as SQSClient).middlewareStack.add(
        (next, { commandName }) =>
          async (args) => {
            if (commandName?.startsWith('DeleteMessage')) pass('after apply, before delete');
            if (commandName === 'SendMessageCommand') pass('mid-snapshot');
            const result = await next(args);
            const { Messages = [] } = result.output as { Messages?: unknown[] };
            if (Messages.length > 0) pass('after receive, before apply');
            return result;
          },
        { step: 'initialize', name: 'crash' },
      );
    },

    wrapStore: (store: Store): Store => ({
      ...store,
      driver: {
        ...store.driver,
        async queryIndex(query) {
          const page = await store.driver.queryIndex(query);
          if (query.index === BY_HOLD_EXPIRY && page.rows.length > 0) pass('during the sweep');
          return page;
        },
        write: (puts) => store.driver.write(puts.length > 1 ? withCrashPoint(puts, pass) : puts),
      },
      feed: {
        async read(limit, signal) {
          const changes = await store.feed.read(limit, signal);
          if (changes.length > 0) pass('after commit, before publish');
          return changes;
        },
        async checkpoint(change) {
          pass('after publish, before checkpoint');
          return store.feed.checkpoint(change);
        },
      },
    }),
  };
}

/** The same puts; reading the second one, inside of the transaction, passes the crash point. */
function withCrashPoint(puts: readonly Put[], pass: (point: CrashPoint) => void): readonly Put[] {
  const [first, second, ...others] = puts;
  const watched = [first, second, ...others] as Put[];
  Object.defineProperty(watched, 1, {
    get() {
      pass('mid-transaction');
      return second;
    },
  });
  return watched;
}
