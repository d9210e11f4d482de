import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { urlOf } from '@tandem/chassis/service';
import type { Topology } from '@tandem/contracts/topology';
import { buildApp } from 'fauxqs';
// The start function of fauxqs listens on every interface. Its modules, which the package does not export, accept a host.
import { applyInitConfig } from '../../../node_modules/fauxqs/dist/initConfig.js';
import { PersistenceManager } from '../../../node_modules/fauxqs/dist/persistence.js';
import { S3Store } from '../../../node_modules/fauxqs/dist/s3/s3Store.js';
import { SnsStore } from '../../../node_modules/fauxqs/dist/sns/snsStore.js';
import { SqsStore } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js';
import { messagingResources, REGION } from './messaging-config.ts';
import { acceptAllCharacters, guardEndpoint, nameQueuesByCalledHost } from './messaging-endpoint.ts';

type Resources = ReturnType<typeof messagingResources>;

/** Emulator of SNS and SQS on this machine. */
export interface Emulator {
  /** Endpoint URL for AWS clients. */
  readonly endpoint: string;
  /** The messages of a queue, without receiving them; undefined for a queue that does not exist. */
  inspectQueue(name: string): QueueMessages | undefined;
  stop(): Promise<void>;
}

/** Messages of a queue by their state. */
export type QueueMessages = NonNullable<ReturnType<SqsStore['inspectQueue']>>['messages'];

export interface EmulatorOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Directory of the stored messages; undefined stores them in memory. */
  readonly directory: string | undefined;
  /** Default: the topology of all services. */
  readonly topology?: Topology;
}

/**
 * Starts SNS and SQS with the topology's topics, queues and subscriptions. It accepts any credentials, but no web page.
 * Rejects with EADDRINUSE for a taken port.
 */
export async function startEmulator({ host, port, directory, topology }: EmulatorOptions): Promise<Emulator> {
  const sqsStore = new SqsStore();
  const snsStore = new SnsStore();
  const s3Store = new S3Store();
  // Without a host of its own the store names a queue by that of the request.
  sqsStore.host = '';
  const app = buildApp({ logger: false, defaultRegion: REGION, stores: { sqsStore, snsStore, s3Store } });
  guardEndpoint(app);
  nameQueuesByCalledHost(app);
  acceptAllCharacters();
  app.addHook('onSend', async ({ socket, body }, _reply, response) => {
    if (!socket.writable) returnUnread(sqsStore, body, response);
    return response;
  });
  await app.listen({ host, port });
  const address = app.server.address();
  const actualPort = address !== null && typeof address === 'object' ? address.port : port;
  const endpoint = urlOf(host, actualPort);

  const resources = messagingResources(topology);
  const persistence = directory === undefined ? undefined : openMessages(directory, endpoint);
  if (persistence) {
    persistence.loadSqsAndSns(sqsStore, snsStore);
    hideOthers(resources, sqsStore, snsStore);
    sqsStore.persistence = persistence;
    snsStore.persistence = persistence;
    for (const queue of sqsStore.allQueues()) queue.persistence = persistence;
  }
  // Subscriptions that an earlier version has stored get the attributes of this one: to create them anew would be an error.
  for (const { topic, queue, attributes } of resources.subscriptions) {
    const persisted = [...snsStore.subscriptions.values()].find(
      ({ topicArn, endpoint }) => topicArn.endsWith(`:${topic}`) && endpoint.endsWith(`:${queue}`),
    );
    if (persisted) Object.assign(persisted, { attributes, parsedFilterPolicy: undefined });
  }
  applyInitConfig(resources, sqsStore, snsStore, s3Store, { port: actualPort, region: REGION });

  return {
    endpoint,
    inspectQueue: (name) => sqsStore.inspectQueue(name)?.messages,
    async stop() {
      for (const queue of sqsStore.allQueues()) queue.cancelWaiters();
      await app.close();
      persistence?.close();
    },
  };
}

/**
 * Hides the stored queues of services that do not run, and their subscriptions, by which they would fill up; queues of other
 * clients stay. Changes the stores before they persist anything: the messages stay stored until the service runs again.
 */
function hideOthers(resources: Resources, sqsStore: SqsStore, snsStore: SnsStore): void {
  const isIn = ({ queues }: Resources, queue: string) => queues.some(({ name }) => name === queue);
  const all = messagingResources();
  for (const { name, url, arn } of sqsStore.allQueues()) {
    if (!isIn(all, name) || isIn(resources, name)) continue;
    sqsStore.deleteQueue(url);
    for (const [subscriptionArn, { endpoint }] of snsStore.subscriptions)
      if (endpoint === arn) snsStore.subscriptions.delete(subscriptionArn);
  }
}

/**
 * Makes the messages of an undeliverable response visible again: a consumer that stopped during a long poll would otherwise
 * hide them until their visibility timeout ends.
 */
function returnUnread(sqsStore: SqsStore, request: unknown, response: unknown): void {
  if (typeof response !== 'string' || !response.includes('"ReceiptHandle"')) return;
  const { QueueUrl } = request as { QueueUrl: string };
  const { Messages } = JSON.parse(response) as { Messages: readonly { ReceiptHandle: string }[] };
  for (const { ReceiptHandle } of Messages) sqsStore.getQueue(QueueUrl)?.changeVisibility(ReceiptHandle, 0);
}

/**
 * Opens the messages stored in a directory. The consumers of the previous process have ended, so all messages become
 * visible again, and queues get the URLs of the current endpoint.
 */
function openMessages(directory: string, endpoint: string): PersistenceManager {
  mkdirSync(directory, { recursive: true });
  const persistence = new PersistenceManager(directory);
  const database = new DatabaseSync(join(directory, 'fauxqs.db'));
  database.exec('UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL');
  database.prepare("UPDATE sqs_queues SET url = ? || '/000000000000/' || name").run(endpoint);
  database.close();
  // In fauxqs this function sets the receive count to NULL, which its schema rejects: a message that is returned at once
  // would be lost until the next start. The stored state may stay unchanged, as all messages become visible at a start.
  persistence.updateMessageReady = () => undefined;
  return persistence;
}
