import { emfDocuments } from '@tandem/chassis/emf';
import type { EventType } from '@tandem/contracts/events';
import type { DistributionName } from '@tandem/contracts/metric-catalog';
import type { ServiceName } from '@tandem/contracts/topology';
import type { Operation } from '@tandem/load/mix';
import type { Measured } from '../measured.ts';
import { type Answer, type Client, createClient } from './client.ts';
import { events, publish } from './events.ts';
import { measureHolds } from './holds.ts';
import type { TestSystem } from './test-system.ts';
import { operations, type Prepare } from './operations.ts';
import { measureRelay } from './relay.ts';
import { createShop, type Shop } from './shop.ts';
import { measureStockChanges } from './stock.ts';
import { consumptionOf, rounded, upTo, wireOf } from './summary.ts';
import type { Taken } from './tally.ts';

type Results = Omit<Measured, 'date' | 'node' | 'packages' | 'sources' | 'notes'>;

/** Measures everything on a system that is ready and empty. Tells of each part as it begins. */
export async function measure(system: TestSystem, tell: (part: string) => void): Promise<Results> {
  const client = createClient(system.urls);
  const shop = createShop(system, client);
  const all: Taken[] = [];
  const take = () => {
    const taken = system.tally.take();
    all.push(taken);
    return taken;
  };

  try {
    tell('stocking the shop');
    await shop.stock();
    take();
    const results: Partial<Record<Operation, object>> = {};
    for (const [operation, variants] of Object.entries(operations)) {
      tell(operation);
      results[operation as Operation] = await measureOperation(shop, variants, take);
    }
    const told: Partial<Record<EventType, object>> = {};
    for (const [eventType, prepare] of Object.entries(events)) {
      tell(eventType);
      const event = await prepare(shop, system);
      take();
      await publish(system, event);
      told[eventType as EventType] = consumptionOf([take()]);
      await system.lockstep.atRest();
    }
    tell('stock changes and holds');
    const stockChanges = await measureStockChanges(shop, take);
    const holds = await measureHolds(system, shop, take);
    tell('the rest');
    const readiness = {
      product: await measureReadiness(client, system.urls.product, take),
      cart: await measureReadiness(client, system.urls.cart, take),
    };
    const telemetry = {
      product: telemetryOf(system, 'product', all),
      cart: telemetryOf(system, 'cart', all),
    };
    const calls = callsOf(all);
    const dynamoDbLocal = differences(all);
    return {
      operations: results as Results['operations'],
      events: told as Results['events'],
      stockChanges,
      holds,
      readiness,
      telemetry,
      calls,
      dynamoDbLocal,
      relay: await measureRelay(system, [1, 2, 5, 10, 20]),
    };
  } finally {
    client.stop();
  }
}

/** Each variant twice: from a client that takes compressed answers, and from one that does not. */
async function measureOperation(shop: Shop, variants: readonly Prepare[], take: () => Taken) {
  const [plain, compressed]: [Answer[], Answer[]] = [[], []];
  const taken: Taken[] = [];
  for (const prepare of variants) {
    for (const answers of [plain, compressed]) {
      const sending = await prepare(shop);
      take();
      answers.push(await shop.step(sending, answers === compressed));
      taken.push(take());
    }
  }
  return { ...wireOf(plain, compressed), ...consumptionOf(taken) };
}

async function measureReadiness(client: Client, url: string, take: () => Taken) {
  take();
  await client.send({ method: 'GET', path: `${url}/ready` });
  return consumptionOf([take()]);
}

/** In a busy minute a distribution has values from its fastest to forty times of it. */
const BUCKETS = 20;
const BUCKET_GROWTH = 1.21;

/** What a service's metrics of a minute are when everything in the mix has happened in it. */
function telemetryOf(system: TestSystem, service: ServiceName, all: readonly Taken[]) {
  const scope = { namespace: 'Tandem', dimensions: { service } };
  const metrics = system.metrics[service];
  for (const { name, dimensions, value } of metrics.series()) {
    if (typeof value === 'number') continue;
    for (let i = 0; i < BUCKETS; i++)
      metrics.observe(name as DistributionName, value.min * BUCKET_GROWTH ** i, dimensions);
  }
  const series = metrics.take();
  const documents = emfDocuments(series, scope, Date.now());
  const lines = all.flatMap((taken) => taken.lines).filter((line) => line.includes(`"name":"${service}"`));
  const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
  return {
    customMetrics: series.length,
    routes: new Set(series.flatMap(({ dimensions }) => dimensions['route'] ?? [])).size,
    bytesAMinute: upTo(
      500,
      documents.reduce((sum, document) => sum + JSON.stringify(document).length + 1, 0),
    ),
    logLineBytes: Math.round(bytes / Math.max(1, lines.length)),
  };
}

function callsOf(all: readonly Taken[]): Results['calls'] {
  const calls = Object.groupBy(
    all.flatMap((taken) => taken.calls),
    ({ principal, command }) => `${principal} ${command.replace('Command', '')}`,
  );
  return Object.fromEntries(
    Object.entries(calls)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, of = []]) => {
        const mean = (field: 'requestBytes' | 'answerBytes') =>
          Math.round(of.reduce((sum, call) => sum + call[field], 0) / of.length);
        return [name, { requestBytes: mean('requestBytes'), answerBytes: mean('answerBytes') }];
      }),
  );
}

/** How often DynamoDB Local reports other units than AWS's rules give. */
function differences(all: readonly Taken[]): Results['dynamoDbLocal'] {
  const found = all
    .flatMap(({ store }) => store)
    .map(({ api, consumed, reported }) => {
      const rules = rounded(consumed.reduce((sum, { read, write }) => sum + read + write, 0));
      return { call: api, rules, local: reported };
    })
    .filter(({ rules, local }) => rules !== local);
  const same = Object.values(Object.groupBy(found, (it) => JSON.stringify(it)));
  return same.flatMap((of = []) => (of[0] ? [{ ...of[0], times: of.length }] : []));
}
