import { setInterval as every } from 'node:timers/promises';
import { readFacts } from '@tandem/bill/files';
import type { Preset } from '@tandem/bill/facts';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import { mintToken } from '@tandem/emulators/issuer';
import { load } from '@tandem/import/load';
import type { Source } from '@tandem/import/source';
import { assemble } from '@tandem/local/system/assemble';
import { assemblyOptions } from '../support/assembly.ts';
import { client } from '../support/http.ts';
import { startMessaging } from '../support/messaging.ts';
import { depth } from '../support/queues.ts';
import { until } from '../support/until.ts';
import { openThrottlingStore } from './throttling-store.ts';

const TICK_MS = 20;
const READY_EVERY_MS = 100;
const DEADLINE_MS = 10 * 60_000;

export interface ThrottledImportOptions {
  readonly preset: Preset;
  readonly products: number;
  /** Seconds of capacity that the tables get in a second: a test has no hours. */
  readonly speed: number;
}

function sourceOf(products: number): Source {
  return {
    format: 'test',
    total: products,
    unit: 'products',
    bad: [],
    notes: () => [],
    async *body() {
      for (let i = 0; i < products; i++) {
        const product = { productId: `p-${i}`, name: `Product ${i}`, price: 1_000 + i, currency: 'EUR' };
        yield Buffer.from(`${JSON.stringify({ ...product, category: `c-${i % 20}`, inventory: 10 })}\n`);
      }
    },
    reject: (line, reason) => ({ line, reason }),
  };
}

/** Opens services on tables with the capacity of a preset, which they get from `exhaust` on, once their saved units are used up. */
async function openThrottled(
  stack: AsyncDisposableStack,
  { preset, speed }: ThrottledImportOptions,
  names: readonly ('product' | 'cart')[],
) {
  const { tables } = readFacts(preset);
  const stores = {
    product: openThrottlingStore('products', tables),
    cart: openThrottlingStore('carts', tables),
  };
  const { endpoint } = stack.use(await startMessaging());
  const assemblies = stack.use(
    await assemble({
      ...assemblyOptions(endpoint, { SERVICES: names.join(), RATE_LIMIT: '0' }),
      openStore: (service: ServiceName) => stores[service as keyof typeof stores],
    }),
  );
  const urls: string[] = [];
  for (const name of names) {
    if (names.length > 1) assemblies[name].startRelay();
    const service = await assemblies[name].createService();
    urls.push((await service.start({ host: '127.0.0.1', port: 0 })).url);
    stack.defer(() => service.stop());
  }
  const clients = urls.map((url) => client(url));
  for (const { call } of clients)
    await until(
      () => call('GET', '/ready'),
      ({ status }) => status === 200,
    );

  const ended = new AbortController();
  stack.defer(() => ended.abort());
  const ignoreEnd = () => undefined;
  const refill = async () => {
    let last = performance.now();
    for await (const _ of every(TICK_MS, undefined, { signal: ended.signal })) {
      const now = performance.now();
      for (const store of Object.values(stores)) store.advance(((now - last) / 1_000) * speed);
      last = now;
    }
  };
  const readiness = new Map<number, number>();
  const watch = async () => {
    for await (const _ of every(READY_EVERY_MS, undefined, { signal: ended.signal }))
      for (const { call } of clients) {
        const { status } = await call('GET', '/ready');
        readiness.set(status, (readiness.get(status) ?? 0) + 1);
      }
  };
  void refill().catch(ignoreEnd);
  void watch().catch(ignoreEnd);
  for (const store of Object.values(stores)) {
    store.start();
    store.exhaust();
  }
  return { stores, endpoint, urls, clients, readiness };
}

/** Imports products into the system at `url`. */
async function importProducts(url: string, { products, speed }: ThrottledImportOptions) {
  const waits: string[] = [];
  const startedAt = performance.now();
  const token = await mintToken({ subject: 'test', scopes: ['products:write'] });
  const report = await load(url, sourceOf(products), token, () => undefined, {
    onWait: (reason) => waits.push(reason),
  });
  return { report, waits, importSeconds: ((performance.now() - startedAt) / 1_000) * speed };
}

/**
 * Imports products into Product alone, without its relay, which takes no capacity of the table, and without Cart. The table's
 * capacity is that of a preset, whose saved units are used up; only its clock is faster: all timeouts and waits of the service
 * and of the import are those of AWS.
 */
export async function importAlone(options: ThrottledImportOptions) {
  await using stack = new AsyncDisposableStack();
  const { stores, urls, readiness } = await openThrottled(stack, options, ['product']);
  const { report, waits, importSeconds } = await importProducts(urls[0] ?? '', options);
  const throttled = { product: stores.product.throttled(), cart: 0 };
  return { report, waits, readiness, throttled, seconds: { import: importSeconds } };
}

/**
 * Runs Product and Cart on tables with the capacity of a preset, whose saved units are used up, and imports products; during a
 * snapshot of them, then, a shopper fills a cart. Resolves once Cart has applied everything.
 */
export async function importThrottled(options: ThrottledImportOptions) {
  const { speed } = options;
  await using stack = new AsyncDisposableStack();
  const { stores, endpoint, urls, clients, readiness } = await openThrottled(stack, options, [
    'product',
    'cart',
  ]);
  const [product, cart] = clients;
  if (!product || !cart) throw new TypeError('A service was not started');

  const atRest = async () => {
    const queues = [...topology.services.product.queues, ...topology.services.cart.queues];
    await until(
      () => Promise.all(queues.map((queue) => depth(endpoint, queue))),
      (depths) => depths.every((messages) => messages === 0),
      { deadlineMs: DEADLINE_MS, intervalMs: 100 },
    );
  };
  const { report, waits, importSeconds } = await importProducts(urls[0] ?? '', options);
  const throttledWrites = stores.product.throttled();
  await atRest();

  for (const store of Object.values(stores)) store.exhaust();
  // Without capacity the request itself gets 503, which a client repeats.
  const snapshot = await until(
    () => product.call('POST', '/products/snapshots', { body: {} }),
    ({ status }) => status !== 503,
  );
  const shoppedAt = performance.now();
  const shop = async () => {
    const cartId = await cart.openCart();
    await until(
      () => cart.add(cartId, 'p-1', 1),
      ({ status }) => status === 200,
      { deadlineMs: DEADLINE_MS },
    );
    return until(
      () => cart.cart(cartId),
      ({ status, body }) => status === 200 && body.items.every(({ hold }) => hold === 'held'),
      { deadlineMs: DEADLINE_MS },
    );
  };
  await shop();
  const confirmationSeconds = ((performance.now() - shoppedAt) / 1_000) * speed;
  await atRest();
  const snapshotSeconds = ((performance.now() - shoppedAt) / 1_000) * speed;

  const deadLetters = await Promise.all(
    [...topology.services.product.queues, ...topology.services.cart.queues].map((queue) =>
      depth(endpoint, topology.queues[queue].deadLetterQueue),
    ),
  );
  return {
    report,
    waits,
    readiness,
    deadLetters,
    snapshotStatus: snapshot.status,
    throttled: { product: throttledWrites, cart: stores.cart.throttled() },
    seconds: { import: importSeconds, confirmation: confirmationSeconds, snapshot: snapshotSeconds },
  };
}

/** The figures of an import, in seconds of the tables' capacity. */
export function describeImport({
  seconds,
  throttled,
  readiness,
  waits,
}: Pick<Awaited<ReturnType<typeof importThrottled>>, 'throttled' | 'readiness' | 'waits'> & {
  readonly seconds: Readonly<Record<string, number>>;
}): string {
  const times = Object.entries(seconds).map(([name, value]) => `${name} ${Math.round(value)} s`);
  const refusals = `${throttled.product} and ${throttled.cart} calls throttled`;
  return `${times.join(', ')}; ${refusals}; ready ${JSON.stringify([...readiness])}; ${waits.length} parts sent again`;
}
