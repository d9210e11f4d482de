import { configOrExit } from '@tandem/chassis/config';
import { runUntilStopped } from '@tandem/chassis/lifecycle';
import type { ServiceName } from '@tandem/contracts/topology';
import { localConfig } from '@tandem/local/config';
import { roleConfig } from '@tandem/local/processes/role-config';
import type { Role } from '@tandem/local/processes/role-names';
import { startRole } from '@tandem/local/processes/roles';
import { startSystem } from '@tandem/local/system/start';
import { openDynamo, type Tables } from './dynamodb.ts';

/** Runs one role of the local system in this process, or all of it, which sends its URLs, and reports to the parent process. */
export async function runRole(role: string, env: NodeJS.ProcessEnv, tables?: Tables): Promise<void> {
  const options = tables && { openStore: (service: ServiceName) => openDynamo(tables, service) };
  const start = async () => {
    if (role !== 'system') return startRole(role as Role, configOrExit(roleConfig, env), options);
    const system = await startSystem(configOrExit(localConfig, env), options);
    process.send?.(system.urls);
    return system;
  };
  await runUntilStopped(async () => {
    const running = await start();
    process.send?.('ready');
    return running;
  });
}
