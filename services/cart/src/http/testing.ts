import type { TestContext } from 'node:test';
import { createApp } from '@tandem/chassis/http/app';
import type { Limits } from '@tandem/chassis/limits';
import { createLogger } from '@tandem/chassis/logger';
import { createMetrics } from '@tandem/chassis/metrics';
import type { InjectOptions } from 'fastify';
import { openStore } from '../application/testing.ts';
import type { CartView } from '../domain/view.ts';
import { registerCartRoutes } from './routes.ts';

interface Problem {
  readonly type: string;
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string }[];
}

/** The cart API on a store, by default without a rate limit. A token is the user's name. */
export async function openApi(t: TestContext, limits: Limits = {}) {
  const store = await openStore(t, { reservationWaitMs: 0 });
  const app = await createApp({
    name: 'cart',
    version: '1',
    description: '',
    logger: createLogger({ name: 'cart', level: 'silent' }),
    metrics: createMetrics(),
    auth: {
      authenticate: async (name) => (name === undefined ? undefined : { subject: name, scopes: new Set() }),
    },
    health: { ready: async () => [] },
    validateResponses: true,
    limits,
  });
  registerCartRoutes(app, store.first.carts, () => store.clock.now);
  await app.ready();
  t.after(() => app.close());
  const send = async (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    options: InjectOptions = {},
  ) => {
    const response = await app.inject({ method, url, ...options });
    const { statusCode: status, headers, payload } = response;
    const body = (payload === '' ? {} : response.json()) as CartView & Problem;
    return { status, headers, body, payload };
  };
  const open = async (options: InjectOptions = {}) => (await send('POST', '/carts', options)).body.cartId;
  const add = (cartId: string, options: InjectOptions = {}) =>
    send('POST', `/carts/${cartId}/items`, { payload: { productId: 'p', qty: 1 }, ...options });
  return { ...store, app, send, open, add };
}
