import type { EventType } from '@tandem/contracts/events';
import { mapServicesAsync } from '@tandem/contracts/topology';
import type { Operation } from '@tandem/load/mix';
import { createStockHolds } from '@tandem/product/application/stock-holds';
import { createHoldExpiry } from '@tandem/product/messaging/hold-expiry';
import type { Consumption, MeasuredFile, RequestConsumption } from '../measurement.ts';
import { createClient } from './client.ts';
import { publishEvent, typicalEvents } from './events.ts';
import { relayLogBytes, serviceMetrics } from './logs.ts';
import { operations, type Prepare } from './operations.ts';
import { consumptionOf } from './recorder.ts';
import { createShop, type Shop } from './shop.ts';
import { type MeasuredSystem, measuredServices } from './system.ts';

type Results = Omit<MeasuredFile, 'date' | 'sources' | 'notes' | 'batches'>;

/** Measures the consumption of some work, until the system is at rest. */
type Measure = (work: () => Promise<unknown>) => Promise<Consumption>;

const HOLD_SECONDS = 900;

/** Measures a system that is ready and empty. Reports each part when it begins. */
export async function measureAll(system: MeasuredSystem, report: (part: string) => void): Promise<Results> {
  const { recorder, lockstep, urls } = system;
  const client = createClient(urls);
  const shop = createShop(lockstep, client);
  const sampleOf = async (work: () => Promise<unknown>) => {
    recorder.take();
    await work();
    await lockstep.atRest();
    return recorder.take();
  };
  const measure: Measure = async (work) => consumptionOf([await sampleOf(work)]);

  const measureOperation = async (variants: readonly Prepare[]): Promise<RequestConsumption> => {
    const samples = [];
    const responses: { requestBytes: number; responseBytes: number }[] = [];
    for (const prepare of variants) {
      const request = await prepare(shop);
      samples.push(await sampleOf(async () => responses.push(await shop.step(request, true))));
    }
    const mean = (field: 'requestBytes' | 'responseBytes') =>
      Math.round(responses.reduce((sum, response) => sum + response[field], 0) / responses.length);
    return {
      requestBytes: mean('requestBytes'),
      responseBytes: mean('responseBytes'),
      ...consumptionOf(samples),
    };
  };

  try {
    report('stocking the shop');
    await shop.stock();
    const ofOperations: Partial<Record<Operation, RequestConsumption>> = {};
    for (const [operation, variants] of Object.entries(operations)) {
      report(operation);
      ofOperations[operation as Operation] = await measureOperation(variants);
    }
    const ofEvents: Partial<Record<EventType, Consumption>> = {};
    for await (const { topic, event } of typicalEvents(shop)) {
      report(event.eventType);
      ofEvents[event.eventType] = await measure(() => publishEvent(system, topic, event));
    }
    report('holds, services');
    const holds = await measureHolds(system, shop, measure);
    const services = await mapServicesAsync(async (service) => {
      const { read } = await measure(() => fetch(`${urls[service]}/ready`));
      return {
        readinessReadUnits: Object.values(read).reduce((sum, units) => sum + units, 0),
        ...serviceMetrics(service, system.metrics[service]),
        logLineBytes: recorder.logLineBytes(service),
        ...recorder.receiveBytes(service),
      };
    }, measuredServices);
    return {
      operations: ofOperations as Results['operations'],
      events: ofEvents as Results['events'],
      holds,
      services,
      relayLogBytes: await relayLogBytes(system.items()),
    };
  } finally {
    client.stop();
  }
}

/** Measures a hold that expires, and a sweep that finds no overdue hold. */
async function measureHolds(
  { products: table, metrics, lockstep }: MeasuredSystem,
  shop: Shop,
  measure: Measure,
): Promise<Results['holds']> {
  if (!table) throw new TypeError('The products have no table');
  const now = () => new Date(Date.now() + 2 * HOLD_SECONDS * 1_000).toISOString();
  const stockHolds = createStockHolds({ table, metrics: metrics.product, holdSeconds: HOLD_SECONDS, now });
  const log = {
    error: (context: unknown) => {
      throw new Error('A sweep has failed', { cause: context });
    },
    info: () => undefined,
  };
  const sweep = createHoldExpiry({ table, stockHolds, now, log });
  const measureSweep = () => measure(() => lockstep.request(() => sweep()));
  // Ends the holds of all other carts.
  await measureSweep();
  const empty = await measureSweep();
  await shop.cart(1);
  return { sweep: empty, expiry: await measureSweep() };
}
