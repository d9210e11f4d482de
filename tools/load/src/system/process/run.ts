import { configOrExit } from '@tandem/chassis/config';
import { runUntilStopped } from '@tandem/chassis/lifecycle';
import type { ServiceName } from '@tandem/contracts/topology';
import { localConfig } from '@tandem/local/config';
import { type Role, roleConfig, startRole } from '@tandem/local/processes/roles';
import { startSystem } from '@tandem/local/system/start';
import { openDynamo, type Tables } from '../dynamodb.ts';
import { TABLES } from '../environment.ts';

/** Runs one role of the local system in this process, or all of it, and reports to the parent process. */
export async function run(role: string | undefined, env: NodeJS.ProcessEnv): Promise<void> {
  const tables = env[TABLES] === undefined ? undefined : (JSON.parse(env[TABLES]) as Tables);
  const options = tables && { openStore: (service: ServiceName) => openDynamo(tables, service) };
  await runUntilStopped(async () => {
    if (role === undefined) {
      const system = await startSystem(configOrExit(localConfig, env), options);
      process.send?.(system.urls);
      return system;
    }
    const running = await startRole(role as Role, configOrExit(roleConfig, env), options);
    process.send?.('ready');
    return running;
  });
}
