import { configOrExit } from '@tandem/chassis/config';
import { runUntilStopped } from '@tandem/chassis/lifecycle';
import { type Role, roleConfig, startRole } from '@tandem/local/processes/roles';
import { openDynamo, type Tables } from '../dynamodb.ts';
import { withRelayLag } from '../relay-lag.ts';

/** Runs one role of the local system in this process, and sends the lag of its relay to the parent. */
export async function run(role: string | undefined, tables: Tables | undefined, env: NodeJS.ProcessEnv) {
  await runUntilStopped(async () => {
    const running = await startRole(role as Role, configOrExit(roleConfig, env), {
      ...(tables && { openStore: (service) => openDynamo(tables, service) }),
      wrapStore: (store) =>
        role === 'product-relay' || role === 'cart-relay'
          ? withRelayLag(store, role === 'cart-relay' ? 'cart' : 'product', (lag) => process.send?.(lag))
          : store,
    });
    process.send?.('ready');
    return running;
  });
}
