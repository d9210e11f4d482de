import type { TestContext } from 'node:test';
import { createApp } from '@tandem/chassis/http/app';
import { createLogger } from '@tandem/chassis/logger';
import { createMetrics } from '@tandem/chassis/metrics';
import type { FunnelView } from '../application/funnel.ts';
import type { ProductView } from '../application/product.ts';
import type { ProductPage } from '../application/products.ts';
import { NOW, openFigures } from '../application/testing.ts';
import { registerRoutes } from './routes.ts';

interface Problem {
  readonly type: string;
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

/** Body of a response; which members it has depends on the route and the status. */
type Body = FunnelView & ProductPage & ProductView & Problem & { readonly nextCursor?: string };

/** The API on a table in memory. A token is a list of scopes. */
export async function openApi(t: TestContext) {
  const store = openFigures(t);
  const clock = { now: NOW };
  const app = await createApp({
    name: 'analytics',
    version: '1',
    description: '',
    logger: createLogger({ name: 'analytics', level: 'silent' }),
    metrics: createMetrics(),
    auth: {
      authenticate: async (scopes) =>
        scopes === undefined ? undefined : { subject: 'user', scopes: new Set(scopes.split(' ')) },
    },
    health: { ready: async () => [] },
    validateResponses: true,
    corsOrigins: ['https://admin.example'],
  });
  registerRoutes(app, { table: store.table, now: () => clock.now });
  await app.ready();
  t.after(() => app.close());

  /** Sends a request with the scope. */
  const get = async (url: string, headers: Record<string, string> = {}) => {
    const authorization = 'analytics:read';
    const response = await app.inject({ url, headers: { authorization, ...headers } });
    const isJson = String(response.headers['content-type']).includes('json');
    const body = (isJson ? response.json() : {}) as Body;
    return { status: response.statusCode, headers: response.headers, text: response.payload, body };
  };
  /** Resolves to the rows of a CSV response, header included. */
  const csv = async (url: string) => (await get(url, { accept: 'text/csv' })).text.split('\r\n');
  return { ...store, app, clock, get, csv };
}
