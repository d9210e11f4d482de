import { createApp } from '@tandem/chassis/http/app';
import { createService, type Service } from '@tandem/chassis/service';
import type { ServiceDeps } from '@tandem/runtime/define-service';
import { registerRoutes } from './http/routes.ts';
import { consumerOf } from './messaging/consumer.ts';

/** Creates the Analytics service: figures of the shop by day and product, counted from events only. */
export async function createAnalyticsService(deps: ServiceDeps<'analytics'>): Promise<Service> {
  const { table } = deps;
  const app = await createApp({
    ...deps,
    name: 'Tandem Analytics',
    version: '1.0.0',
    description: 'Figures of the shop by day and product, counted from events',
    health: {
      ready: async () => [await table.ping().then(() => ({ name: 'table', ok: true }))],
    },
  });
  registerRoutes(app, { table, now: () => Date.now() });
  return createService(app, { consumers: [{ ...deps, ...consumerOf(deps) }] });
}
