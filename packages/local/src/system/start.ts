import { createCartService } from '@tandem/cart/app';
import { eventsOfExpired } from '@tandem/cart/messaging/expired';
import { DomainError } from '@tandem/chassis/errors';
import { createAuthenticator } from '@tandem/chassis/http/auth';
import { limitsOf } from '@tandem/chassis/limits';
import { createLogger } from '@tandem/chassis/logger';
import type { Metrics } from '@tandem/chassis/metrics';
import type { Service } from '@tandem/chassis/service';
import { startTelemetry } from '@tandem/chassis/telemetry';
import type { ServiceName } from '@tandem/contracts/topology';
import { createProductService } from '@tandem/product/app';
import { openSqlite } from '@tandem/storage/sqlite';
import type { LocalConfig } from '../config.ts';
import { LOCAL_AUDIENCE, LOCAL_ISSUER, localKeySet } from '../issuer.ts';
import { queueUrl, topicArn } from '../messaging/config.ts';
import { type Emulator, startEmulator } from '../messaging/emulator.ts';
import { type OnClient, openClients } from './clients.ts';
import { createForwarding } from './forwarding.ts';
import { openContext, type Store } from './context.ts';
import { claimDataDir } from './data-dir.ts';
import { startGateway } from './gateway.ts';
import { seed } from './seed.ts';

/** The whole system in this process. */
export interface System {
  readonly urls: Readonly<Record<'gateway' | ServiceName | 'aws', string>>;
  readonly metrics: Readonly<Record<ServiceName, Metrics>>;
  /** Stops taking, finishes what is in hand, and closes everything. */
  stop(): Promise<void>;
}

/** For tests: another store than SQLite, a look at the clients, and answers checked against their schemas. */
export interface StartOptions {
  readonly onClient?: OnClient;
  readonly openStore?: (service: ServiceName) => Store | Promise<Store>;
  readonly validateResponses?: boolean;
}

/**
 * Starts both services, SNS, SQS, storage, relays and the gateway. Rejects with a DomainError when a port or the
 * data directory is in use; what was started until then is stopped again.
 */
export async function startSystem(
  config: LocalConfig,
  { openStore, onClient, ...options }: StartOptions = {},
): Promise<System> {
  await using starting = new AsyncDisposableStack();
  const { HOST: host, EPHEMERAL: ephemeral } = config;
  const logger = createLogger({ name: 'tandem', level: config.LOG_LEVEL });
  const telemetryOf = async (service: ServiceName) =>
    starting.adopt(await startTelemetry({ service, config, log: logger }), (it) => it.stop());
  const telemetry = { product: await telemetryOf('product'), cart: await telemetryOf('cart') };

  const dataDir = ephemeral
    ? undefined
    : starting.adopt(claimDataDir(config.DATA_DIR), (dir) => dir.release());
  const emulator: Emulator = await claimPort('AWS_PORT', config.AWS_PORT, () =>
    startEmulator({ host, port: config.AWS_PORT, directory: dataDir?.file('messaging') }),
  );
  starting.defer(() => emulator.stop());
  const { endpoint } = emulator;
  const clientsOf = (service: ServiceName) => {
    const clients = openClients(service, endpoint, onClient);
    starting.use(clients.service);
    starting.use(clients.relay);
    return clients;
  };
  const clients = { product: clientsOf('product'), cart: clientsOf('cart') };

  const storeOf =
    openStore ?? ((service: ServiceName) => openSqlite(dataDir?.file(`${service}.sqlite`) ?? ':memory:'));
  const shared = { endpoint, logger };
  const product = starting.use(
    openContext({
      ...shared,
      ...telemetry.product,
      ...clients.product.relay,
      service: 'product',
      store: await storeOf('product'),
      eventsOfExpired: () => [],
    }),
  );
  const cart = starting.use(
    openContext({
      ...shared,
      ...telemetry.cart,
      ...clients.cart.relay,
      service: 'cart',
      store: await storeOf('cart'),
      eventsOfExpired,
    }),
  );
  if (config.SEED) await seed(product.table, new Date().toISOString());

  const auth = createAuthenticator({
    issuer: LOCAL_ISSUER,
    audience: LOCAL_AUDIENCE,
    jwks: await localKeySet(),
  });
  const limits = limitsOf({ ...config, PROXY_HOPS: 1 });
  const forwarding = createForwarding();
  const common = { auth, logger, limits, ...options };
  const start = async (variable: string, port: number, service: Service) => {
    starting.defer(() => service.stop());
    forwarding.guard(service.app.server);
    return (await claimPort(variable, port, () => service.start({ host, port }))).url;
  };
  const upstreams = {
    product: await start(
      'PRODUCT_PORT',
      config.PRODUCT_PORT,
      await createProductService({
        ...common,
        ...telemetry.product,
        ...clients.product.service,
        table: product.table,
        topicArn: topicArn('product-events-topic'),
        queueUrl: queueUrl(endpoint, 'product-cart-events-queue'),
      }),
    ),
    cart: await start(
      'CART_PORT',
      config.CART_PORT,
      await createCartService({
        ...common,
        ...telemetry.cart,
        ...clients.cart.service,
        table: cart.table,
        queueUrl: queueUrl(endpoint, 'cart-product-updates-queue'),
        ttlSeconds: { guest: config.GUEST_CART_TTL_SECONDS, user: config.USER_CART_TTL_SECONDS },
      }),
    ),
  };
  const gateway = await claimPort('PORT', config.PORT, () =>
    startGateway({ host, port: config.PORT, upstreams, forwarding, load: limits.load }),
  );
  starting.defer(() => gateway.stop());

  const running = starting.move();
  return {
    urls: { gateway: gateway.url, ...upstreams, aws: endpoint },
    metrics: { product: telemetry.product.metrics, cart: telemetry.cart.metrics },
    stop: () => running.disposeAsync(),
  };
}

const listenFaults: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use',
  EACCES: 'may not be used',
  EADDRNOTAVAIL: 'is not to be had at this HOST',
};

async function claimPort<T>(variable: string, port: number, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (cause) {
    const fault = listenFaults[(cause as NodeJS.ErrnoException).code ?? ''];
    if (fault === undefined) throw cause;
    throw new DomainError(
      'conflict',
      'port-unavailable',
      `port ${port} ${fault}: choose another with ${variable} (0 takes any free one)`,
      { cause },
    );
  }
}
