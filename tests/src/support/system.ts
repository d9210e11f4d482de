import { readConfig } from '@tandem/chassis/config';
import { anyPorts, localConfig } from '@tandem/local/config';
import { startSystem, type StartOptions, type System } from '@tandem/local/system/start';
import { recordCalls } from './aws-calls/record.ts';
import { untilHealthy } from './http.ts';
import { openStore } from './store.ts';

/** Runs a test on a ready and empty system in this process, with response validation. */
export async function withSystem(
  test: (system: System) => Promise<void>,
  environment: Readonly<Record<string, string>> = {},
  options: StartOptions = {},
): Promise<void> {
  const config = readConfig(localConfig, {
    ...anyPorts,
    EPHEMERAL: '1',
    SEED: '0',
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    ...environment,
  });
  const system = await startSystem(config, {
    validateResponses: true,
    openStore,
    onClient: recordCalls,
    ...options,
  });
  try {
    await untilHealthy(system.urls.gateway);
    await test(system);
  } finally {
    await system.stop();
  }
}
