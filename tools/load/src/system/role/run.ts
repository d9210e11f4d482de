import { configOrExit } from '@tandem/chassis/config';
import { runUntilStopped } from '@tandem/chassis/lifecycle';
import { type Role, roleConfig, startRole } from '@tandem/local/processes/roles';
import { openDynamo, type Tables } from '../dynamodb.ts';
import { watched } from '../watched.ts';

/** Runs a part of the local system in this process, and tells its relay's lag. */
export async function run(role: string | undefined, tables: Tables | undefined, env: NodeJS.ProcessEnv) {
  await runUntilStopped(async () => {
    const running = await startRole(role as Role, configOrExit(roleConfig, env), {
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
