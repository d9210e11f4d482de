import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { GetSubscriptionAttributesCommand, ListSubscriptionsCommand } from '@aws-sdk/client-sns';
import { topology } from '@tandem/contracts/topology';
import { createClients, localConfig } from './clients.ts';
import { startEmulator } from './messaging.ts';

test('subscriptions that an earlier version has stored get the attributes of this one', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'tandem-messages-'));
  t.after(() => rm(directory, { recursive: true }));
  const earlier = {
    ...topology,
    subscriptions: topology.subscriptions.map((subscription) => ({
      ...subscription,
      eventTypes: subscription.eventTypes.slice(0, 1),
    })),
  };
  const options = { host: '127.0.0.1', port: 0, directory };
  await (await startEmulator({ ...options, topology: earlier })).stop();

  const emulator = await startEmulator(options);
  t.after(() => emulator.stop());
  using clients = createClients(localConfig(emulator.endpoint));
  const { Subscriptions = [] } = await clients.sns.send(new ListSubscriptionsCommand({}));
  assert.equal(Subscriptions.length, topology.subscriptions.length);
  const filters = await Promise.all(
    Subscriptions.map(async ({ SubscriptionArn }) => {
      const { Attributes } = await clients.sns.send(
        new GetSubscriptionAttributesCommand({ SubscriptionArn }),
      );
      return Attributes?.['FilterPolicy'];
    }),
  );
  assert.deepEqual(
    new Set(filters),
    new Set(topology.subscriptions.map(({ eventTypes }) => JSON.stringify({ eventType: eventTypes }))),
  );
});
