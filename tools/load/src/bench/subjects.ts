import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { publishers } from '@tandem/contracts/topology';
import { productKey } from '@tandem/product/store/entity-types';
import { pkOf } from '@tandem/storage/pk';
import { endStreams, localAws } from '../system/dynamodb.ts';
import type { OwnSystem } from '../system/own-system.ts';
import type { BenchArguments, Peer } from './arguments.ts';
import { openClient, type SendNext } from './client.ts';
import { type EventSubjects, GET_ITEM } from './events.ts';
import { prepareRetailCart, prepareRetailCatalog } from './retail.ts';
import type { Subject } from './rounds.ts';
import { type ApiRoutes, type RouteId, routes as routesById, type RouteRequest } from './routes.ts';
import { prepareTandem } from './tandem.ts';

/** Response that bare Fastify repeats. */
export interface Sample {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Subjects beside each other that a ratio is made of, and all their processes. */
export interface Prepared {
  readonly subjects: readonly Subject[];
  readonly pids: Readonly<Record<string, number>>;
}

/** Names of what is measured beside routes. */
export const FASTIFY = 'bare Fastify';
/** Name of a route's subject; `server` is a peer's API, or ours. */
export const subjectName = (server: string, route: RouteId) => `${server} ${route}`;
export const OURS = 'Tandem';

/**
 * Creates the data, stops the relays and the streams, so that no events are processed meanwhile, and returns what to measure: a route of ours, and
 * next to it the same of each peer. `running` stops what they need.
 */
export async function prepareSubjects(
  { children, tables, urls, pids }: OwnSystem,
  { routes: chosen, peers, load }: BenchArguments,
  running: AsyncDisposableStack,
): Promise<Prepared> {
  if (!children || !tables) throw new Error('The benchmark needs a system in processes, on DynamoDB.');
  const { hot, routes } = await prepareTandem(urls.gateway, chosen);
  await Promise.all(publishers.map(([service]) => children[`${service}-relay`].stop()));
  await endStreams(tables);

  const sender = (url: string, requestOf: (i: number) => RouteRequest): SendNext => {
    const client = running.use(openClient(url));
    let i = 0;
    return () => client.send(requestOf(i++));
  };
  const named = await Promise.all(
    peers.map(async (peer, i) => {
      const earlier = peers.slice(0, i).filter(({ api }) => api === peer.api).length;
      const server = earlier === 0 ? `peer ${peer.api}` : `peer ${peer.api} ${earlier + 1}`;
      return { ...peer, server, routes: await routesOf(peer, chosen) };
    }),
  );
  const subjects = chosen.flatMap((route) => {
    const { service } = routesById[route];
    const ours = { server: OURS, url: urls[service], pid: pids[service] ?? 0, routes };
    return [ours, ...named].flatMap(({ server, url, pid, routes }) => {
      const requestOf = routes[route];
      return requestOf ? [{ name: subjectName(server, route), pid, sendNext: sender(url, requestOf) }] : [];
    });
  });

  const fastify = await startFastify(urls.product, `/products/${hot}`, running);
  const yardsticks = [
    { name: FASTIFY, pid: fastify.pid, sendNext: sender(fastify.url, () => ({ path: '/products/any' })) },
    // In this process, which at a rate would be seen to wait for its timers.
    ...('perSecond' in load ? [] : [{ name: GET_ITEM, pid: process.pid, sendNext: getItem(tables, hot) }]),
  ];
  return {
    subjects: [...yardsticks, ...subjects],
    pids: {
      [`${OURS} product`]: pids['product'] ?? 0,
      [`${OURS} cart`]: pids['cart'] ?? 0,
      ...Object.fromEntries(named.map(({ server, pid }) => [server, pid])),
    },
  };
}

/** Creates the data, and returns an addition to a cart, whose events the system processes. */
export async function prepareEvents(
  { tables, urls, pids }: OwnSystem,
  running: AsyncDisposableStack,
): Promise<EventSubjects> {
  if (!tables) throw new Error('The benchmark needs a system on DynamoDB.');
  const { hot, routes } = await prepareTandem(urls.gateway, ['add']);
  const { service } = routesById.add;
  const client = running.use(openClient(urls[service]));
  let i = 0;
  const sendNext = () => client.send(routes.add?.(i++) as RouteRequest);
  return { pids, publisher: service, sendNext, yardstick: getItem(tables, hot) };
}

async function routesOf({ api, url }: Peer, chosen: readonly RouteId[]): Promise<ApiRoutes> {
  if (api === 'tandem') return (await prepareTandem(url, chosen)).routes;
  await using client = openClient(url);
  return api === 'retail-cart'
    ? await prepareRetailCart(client, chosen, randomUUID())
    : await prepareRetailCatalog(client);
}

/** Starts bare Fastify with the response of `path` at `url`. */
async function startFastify(url: string, path: string, running: AsyncDisposableStack) {
  const response = await fetch(url + path);
  const { connection: _, 'keep-alive': __, date: ___, ...headers } = Object.fromEntries(response.headers);
  const child = fork(join(import.meta.dirname, 'bare.ts'));
  running.defer(() => void child.kill());
  child.send({ headers, body: await response.text() } satisfies Sample);
  const [bareUrl] = (await once(child, 'message')) as [string];
  return { url: bareUrl, pid: child.pid ?? 0 };
}

/** Reads a product's item by the SDK, which is the least that a service does to read it. */
function getItem({ endpoint, names }: NonNullable<OwnSystem['tables']>, productId: string): SendNext {
  const client = new DynamoDBClient({ ...localAws, endpoint });
  const key = { TableName: names.products, Key: { pk: { S: pkOf(productKey(productId)) } } };
  return async () => {
    if (!(await client.send(new GetItemCommand(key))).Item)
      throw new Error(`There is no item of ${productId}.`);
  };
}
