import { setTimeout as delay } from 'node:timers/promises';
import type { SNSClient } from '@aws-sdk/client-sns';
import { createPublisher, type Publish } from '@tandem/chassis/messaging/publisher';
import type { EventType, TandemEvent } from '@tandem/contracts/events';
import type { ServiceName } from '@tandem/contracts/topology';
import { audit, type AuditReport, type DifferenceOutcome } from '@tandem/audit/audit';
import type { Difference } from '@tandem/audit/difference';
import { openLocalSystem } from '@tandem/audit/local-tables';
import { localTarget } from '@tandem/dlq/target';
import type { Store } from '@tandem/local/system/store';
import { createTable } from '@tandem/storage/create-table';
import type { Table } from '@tandem/storage/table';
import { recordCalls } from '../support/aws-calls/record.ts';
import { type Client, client } from '../support/http.ts';
import { atRest } from '../support/queues.ts';
import { openStore } from '../support/store.ts';
import { withSystem } from '../support/system.ts';

/** Report of an audit with its differences. */
export interface AuditResult extends AuditReport {
  readonly differences: readonly (Difference & { readonly outcome: DifferenceOutcome })[];
  /** Published repair events, in order. */
  readonly published: readonly TandemEvent[];
}

/** System whose relays can lose events, and whose tables can be written directly. */
export interface DamagedSystem {
  readonly urls: { readonly gateway: string; readonly aws: string };
  readonly shop: Client;
  readonly tables: Readonly<Record<'product' | 'cart', Table>>;
  /** Whether the table still has the item, even if it has expired. */
  readonly isStored: (service: ServiceName, pk: string) => Promise<boolean>;
  /** Runs `work`, and loses the events for which `isLost` holds, until the system is at rest. */
  readonly losing: <T>(isLost: (event: TandemEvent) => boolean, work: () => Promise<T>) => Promise<T>;
  /** Runs an audit as `npm run audit` does; `isRepair` is `--repair`. */
  readonly audit: (options?: {
    readonly isRepair?: boolean;
    readonly wrap?: (publish: Publish) => Publish;
  }) => Promise<AuditResult>;
}

const SETTLE_MS = 50;
const RATE = 500;

/** Runs a test on a system that can be damaged. */
export async function withDamagedSystem(
  test: (system: DamagedSystem) => Promise<void>,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  let isLost: (event: TandemEvent) => boolean = () => false;
  const stores = new Map<string, Store>();
  const run = async ({ urls }: Pick<DamagedSystem, 'urls'>) => {
    const driverOf = (service: ServiceName) => {
      const driver = stores.get(service)?.driver;
      if (!driver) throw new Error('no store');
      return driver;
    };
    const tableOf = (service: ServiceName) => createTable(driverOf(service), { now: Date.now });
    using target = localTarget(urls.aws);
    await test({
      urls,
      shop: client(urls.gateway),
      tables: { product: tableOf('product'), cart: tableOf('cart') },
      isStored: async (service, pk) => (await driverOf(service).read([pk], { consistent: true })).length > 0,
      async losing(predicate, work) {
        isLost = predicate;
        const result = await work();
        await settled(stores, urls.aws);
        isLost = () => false;
        return result;
      },
      async audit({ isRepair = false, wrap = (publish: Publish) => publish } = {}) {
        await settled(stores, urls.aws);
        const { tables } = await openLocalSystem(urls.gateway);
        const differences: (Difference & { readonly outcome: DifferenceOutcome })[] = [];
        const published: TandemEvent[] = [];
        const send = createPublisher(target.sns, await target.topicArn('cart-events-topic'));
        const publish = wrap(async (events) => {
          published.push(...events.map(({ event }) => event as TandemEvent));
          return send(events);
        });
        const report = await audit({
          tables,
          settleMs: SETTLE_MS,
          now: Date.now,
          repairTimeoutMs: 3_000,
          ...(isRepair && { repair: { publish, rate: RATE } }),
          onDifference: (difference, outcome) => differences.push({ ...difference, outcome }),
        });
        return { ...report, differences, published };
      },
    });
  };
  await withSystem(run, environment, {
    async openStore(service) {
      const store = await openStore(service);
      stores.set(service, store);
      return store;
    },
    onClient(principal, client) {
      recordCalls(principal, client);
      if (principal.endsWith('-relay')) lose(client as SNSClient, (event) => isLost(event));
    },
  });
}

/** Creates a predicate for events of these types. */
export const isOfType =
  (...types: readonly EventType[]) =>
  ({ eventType }: TandemEvent) =>
    types.includes(eventType);

/** Fills a new cart; resolves to its id once Product holds all of its units. */
export async function fillCart(
  { shop }: DamagedSystem,
  lines: Readonly<Record<string, number>>,
): Promise<string> {
  const cartId = await shop.openCart();
  await shop.fill(cartId, lines);
  await shop.untilHeld(cartId);
  return cartId;
}

/** Makes a client report success for events that are never delivered. */
function lose(sns: SNSClient, isLost: (event: TandemEvent) => boolean): void {
  sns.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const { PublishBatchRequestEntries: entries } = args.input as {
          PublishBatchRequestEntries?: readonly { readonly Message: string }[];
        };
        if (commandName !== 'PublishBatchCommand' || !entries) return next(args);
        const remaining = entries.filter(({ Message }) => !isLost(JSON.parse(Message) as TandemEvent));
        if (remaining.length === 0)
          return { response: {}, output: { Successful: [], $metadata: {} } as never };
        return next({ ...args, input: { ...args.input, PublishBatchRequestEntries: remaining } });
      },
    { step: 'initialize' },
  );
}

/** Resolves once both relays have published all changes, and the queues are empty. */
async function settled(stores: ReadonlyMap<string, Store>, endpoint: string): Promise<void> {
  const unpublished = async () => {
    const changes = [...stores.values()].map(({ feed }) => feed.read(1, AbortSignal.timeout(30)));
    return (await Promise.all(changes)).flat().length;
  };
  for (let quiet = 0; quiet < 3;) {
    await atRest(endpoint);
    quiet = (await unpublished()) === 0 ? quiet + 1 : 0;
    if (quiet === 0) await delay(10);
  }
}
