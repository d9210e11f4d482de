import { readConfig } from '@tandem/chassis/config';
import { createLogger } from '@tandem/chassis/logger';
import { createMetrics } from '@tandem/chassis/metrics';
import { localConfig } from '@tandem/local/config';
import type { AssemblyOptions } from '@tandem/local/system/assemble';
import { createForwarding } from '@tandem/local/system/forwarding';
import { recordCalls } from './aws-calls/record.ts';
import { openStore } from './store.ts';

/** Options of an assembly for tests: silent, without caches, and with its calls to AWS recorded. */
export function assemblyOptions(
  endpoint: string,
  environment: Readonly<Record<string, string>> = {},
): AssemblyOptions {
  const logger = createLogger({ name: 'test', level: 'silent' });
  const metrics = createMetrics();
  return {
    config: readConfig(localConfig, { EPHEMERAL: '1', READ_CACHE_MS: '0', ...environment }),
    endpoint,
    forwarding: createForwarding(),
    openStore,
    loggerOf: () => logger,
    telemetryOf: () => ({ metrics, tracer: undefined }),
    onClient: recordCalls,
    validateResponses: true,
  };
}
