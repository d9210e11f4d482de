import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ListSubscriptionsByTopicCommand, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { messagingResources, queueUrl, REGION, topicArn } from '@tandem/emulators/messaging-config';
import type { Store } from '@tandem/local/system/store';
import type { System } from '@tandem/local/system/start';
import { startCommand } from '../support/command.ts';
import { recordStockEvents } from '../support/consistency/stock-events.ts';
import { startWorkload } from '../support/consistency/workload.ts';
import { client } from '../support/http.ts';
import { openClients } from '../support/messaging.ts';
import { deadLetterQueues } from '@tandem/dlq/queues';
import { atRest, openQueues } from '../support/queues.ts';
import { seeded } from '../support/random.ts';
import { openStore } from '../support/store.ts';
import { withSystem } from '../support/system.ts';
import { pausable } from './pausable.ts';
import { assertNoViolation, reconcile } from './reconcile.ts';

/** Load before, during and after a loss. */
const LOAD_MS = 1_500;

const LOST_QUEUES = ['product-cart-events-queue', 'cart-product-updates-queue'];
const { queues, subscriptions } = messagingResources();

/** What a drill loses: takes it away, and brings it back empty. */
interface Loss {
  readonly lose: () => Promise<void>;
  readonly restore: () => Promise<void>;
}

/** Runs a loss under load; then the operator's repair must leave no violation. */
async function drill(
  t: TestContext,
  lossOf: (system: System) => Loss,
  wrapStore: (store: Store) => Store = (store) => store,
): Promise<void> {
  const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000);
  t.diagnostic(`FAULT_SEED=${seed}`);
  const run = async (system: System) => {
    const { urls } = system;
    const { lose, restore } = lossOf(system);
    const traffic = pausable();
    const api = client(urls.gateway, false, traffic.transport);
    const recorder = await recordStockEvents(urls.aws);
    const load = { shoppers: 3, merchants: 2, buyers: 0 };
    const workload = await startWorkload({ whenUp: async () => api, random: seeded(seed), ...load });
    await delay(LOAD_MS);
    await traffic.withoutRequests(async () => {
      await atRest(urls.aws);
      await lose();
    });
    const before = workload.log.length;
    await delay(LOAD_MS);
    t.diagnostic(`${workload.log.length - before} operations during the loss`);
    await restore();
    // Merchants wait until Cart knows their new products.
    await api.call('POST', '/products/snapshots');
    await delay(LOAD_MS);
    await workload.stop();

    const start = performance.now();
    await reconcile({
      urls,
      api,
      target: ['--url', urls.gateway],
      async run(module, args) {
        const { code, stdout, stderr } = await startCommand(module, args).exit;
        assert.equal(code, 0, `${stdout}${stderr}`);
        return stdout;
      },
      timed: (_step, work) => work(),
    });
    t.diagnostic(`repaired in ${Math.round(performance.now() - start)} ms`);
    await assertNoViolation({ urls, workload, recorder }, { log: workload.log });
  };
  await withSystem(run, {}, { openStore: async (service) => wrapStore(await openStore(service)) });
}

test('subscriptions are lost: events are delivered to nobody', (t) =>
  drill(t, ({ urls }) => {
    const { sns } = openClients(urls.aws);
    return {
      async lose() {
        for (const { topic } of subscriptions) {
          const command = new ListSubscriptionsByTopicCommand({ TopicArn: topicArn(topic) });
          const { Subscriptions = [] } = await sns.send(command);
          for (const { SubscriptionArn, Endpoint = '' } of Subscriptions)
            if (!Endpoint.endsWith(':checker-queue'))
              await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
        }
      },
      async restore() {
        for (const { topic, queue, attributes } of subscriptions)
          await sns.send(
            new SubscribeCommand({
              TopicArn: topicArn(topic),
              Protocol: 'sqs',
              Endpoint: `arn:aws:sqs:${REGION}:000000000000:${queue}`,
              Attributes: attributes,
            }),
          );
      },
    };
  }));

test('queues are lost with their messages', (t) =>
  drill(t, ({ urls }) => {
    const { sqs } = openClients(urls.aws);
    const lost = queues.filter(({ name }) => LOST_QUEUES.includes(name));
    return {
      async lose() {
        for (const { name } of lost)
          await sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl(urls.aws, name) }));
      },
      async restore() {
        for (const { name, attributes } of lost)
          await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
        // What SNS could not deliver is in the dead-letter queues: those are lost too.
        using dead = openQueues(urls.aws);
        for (const { name } of deadLetterQueues) await dead.receiveAll(name);
      },
    };
  }));

test('relays are stopped for longer than streams keep changes', (t) => {
  let isLosing = false;
  return drill(
    t,
    () => ({
      lose: async () => void (isLosing = true),
      restore: async () => void (isLosing = false),
    }),
    (store) => ({
      ...store,
      feed: {
        checkpoint: (change) => store.feed.checkpoint(change),
        async read(limit, signal) {
          for (;;) {
            const changes = await store.feed.read(limit, signal);
            const last = changes.at(-1);
            if (!isLosing || !last) return changes;
            await store.feed.checkpoint(last);
          }
        },
      },
    }),
  );
});
