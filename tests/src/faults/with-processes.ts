import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '@tandem/chassis/config';
import { anyPorts, type LocalConfig, localConfig } from '@tandem/local/config';
import { type Processes, startProcesses } from '@tandem/local/processes/supervisor';
import { type Client, client, untilHealthy } from '../support/http.ts';
import { deadLetterCount } from '../support/queues.ts';

/** Node.js options of the container image. */
const AS_ON_AWS = '--max-old-space-size=320 --max-semi-space-size=16';

/** Configuration of a separate system on free ports; without a directory its state is in memory. */
export function drillConfig(directory?: string): LocalConfig {
  return readConfig(localConfig, {
    ...anyPorts,
    ...(directory === undefined ? { EPHEMERAL: '1' } : { DATA_DIR: directory }),
    SEED: '0',
    LOG_LEVEL: 'silent',
  });
}

/** Runs a drill on a system in processes, with its state in a directory; fails if there is a dead letter. */
export async function withProcesses(
  use: (system: Processes, api: Client, directory: string) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'tandem-drill-'));
  const system = await startProcesses(drillConfig(directory), {
    environment: { PATH: process.env['PATH'], NODE_OPTIONS: AS_ON_AWS },
  });
  try {
    await untilHealthy(system.urls.gateway);
    await use(system, client(system.urls.gateway), directory);
    assert.equal(await deadLetterCount(system.urls.aws), 0);
  } finally {
    await system.stop();
    await rm(directory, { recursive: true, force: true });
  }
}
