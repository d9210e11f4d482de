/** One process of a system under load. On DynamoDB a service is what runs on AWS: its own `main.ts`. */
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { configOrExit } from '@tandem/chassis/config';
import { runUntilStopped } from '@tandem/chassis/lifecycle';
import { urlOf } from '@tandem/chassis/service';
import { type Role, roleConfig, startRole } from '@tandem/local/processes/roles';
import { endWithParent } from '@tandem/local/processes/with-parent';
import { openDynamo } from '../dynamodb.ts';
import { serviceEnvironment, tablesIn } from '../environment.ts';
import { untilReady } from '../until-ready.ts';
import { watched } from '../watched.ts';

const role = process.argv[2] as Role;
const tables = tablesIn(process.env);

endWithParent();
if (tables && (role === 'product' || role === 'cart')) {
  const { HOST, PRODUCT_PORT, CART_PORT, AWS_PORT } = configOrExit(roleConfig, process.env);
  const env = await serviceEnvironment(role, tables, {
    HOST,
    PRODUCT_PORT: String(PRODUCT_PORT),
    CART_PORT: String(CART_PORT),
    AWS_ENDPOINT: urlOf(HOST, AWS_PORT),
  });
  Object.assign(process.env, env);
  // Log lines and metrics cost what they cost on AWS; nobody reads them here. The lowest number that is free is taken: 1.
  closeSync(1);
  openSync(devNull, 'w');
  void untilReady(urlOf(HOST, Number(env['PORT']))).then(() => process.send?.('ready'));
  await (role === 'product' ? import('@tandem/product/main') : import('@tandem/cart/main'));
} else {
  await runUntilStopped(async () => {
    const running = await startRole(role, configOrExit(roleConfig, process.env), {
      ...(tables && { openStore: (service) => openDynamo(tables, service) }),
      wrapStore: (store) =>
        role === 'product-relay' || role === 'cart-relay'
          ? watched(store, role === 'cart-relay' ? 'cart' : 'product', (lag) => process.send?.(lag))
          : store,
    });
    process.send?.('ready');
    return running;
  });
}
