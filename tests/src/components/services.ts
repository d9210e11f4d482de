import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { mapServices, onlyQueueOf } from '@tandem/contracts/topology';
import { queueUrl } from '@tandem/emulators/messaging-config';
import { type Assembly, assemble, assembleService } from '@tandem/local/system/assemble';
import { assemblyOptions } from '../support/assembly.ts';
import { client } from '../support/http.ts';
import { openClients, startMessaging } from '../support/messaging.ts';
import { depth } from '../support/queues.ts';
import { until } from '../support/until.ts';

const CART_QUEUE = onlyQueueOf('cart');

/** Opens all services with their tables and relays; each service can be stopped and started again. */
export async function openServices(stack: AsyncDisposableStack) {
  const { endpoint } = stack.use(await startMessaging());
  const { sqs } = stack.use(openClients(endpoint));
  const options = assemblyOptions(endpoint);
  const assemblies = stack.use(await assemble(options));
  mapServices((service) => assemblies[service].startRelay());

  const start = async (assembly: Assembly) => {
    const service = await assembly.createService();
    const { url } = await service.start({ host: '127.0.0.1', port: 0 });
    let stopped: Promise<void> | undefined;
    const stop = () => (stopped ??= service.stop());
    stack.defer(stop);
    return { ...client(url), stop };
  };
  return {
    /** Purges Cart's queue once it has this number of messages. */
    loseUpdates: async (messages: number) => {
      await until(
        () => depth(endpoint, CART_QUEUE),
        (count) => count === messages,
      );
      await sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl(endpoint, CART_QUEUE) }));
    },
    startProduct: () => start(assemblies.product),
    cart: assemblies.cart,
    /** Opens another Cart with a table of its own, empty, with its relay. */
    openCart: async () => {
      const assembly = stack.use(await assembleService('cart', options));
      assembly.startRelay();
      return assembly;
    },
    startCart: (assembly: Assembly = assemblies.cart) => start(assembly),
  };
}

/** The table of a service that has one. */
export function tableOf({ table }: Assembly): NonNullable<Assembly['table']> {
  if (!table) throw new TypeError('This service has no table');
  return table;
}
